/** Words of Classify: photos of one's own at every bitwidth, side by side. */
import { plural, spelled } from '../../base/text/plural.ts';
export const classify = {
  photos: 'Photos',
  drop: 'Drop photos here',
  choose: 'Choose photos',
  bundled: (count: number) => `Take ${plural(count, 'test image')}`,
  bundledName: (place: number) => `Test image ${place + 1}`,
  webcam: 'Use the webcam',
  webcamStop: 'Close the webcam',
  webcamTake: 'Take a picture',
  webcamView: 'What the webcam sees',
  webcamName: (number: number) => `Webcam ${number}`,
  webcamFailed: (reason: string) =>
    `The webcam cannot be used: ${reason}. Allow it in the browser, or drop photos instead.`,
  clear: 'Remove all',
  bits: 'Bitwidths',
  all: 'All',
  name: (bits: number) => (bits === 32 ? '32-bit float' : `${bits} bits`),
  brought: (bits: number) => `your file, ${bits} bits`,
  broughtIs: (file: string) => `Your file: ${file}.`,
  needBits: 'Choose at least one bitwidth.',
  asking: 'the answers',
  cropped: (side: number) =>
    `The network sees ${side} × ${side} pixels: of each photo the shorter side is made ${side} pixels long, then the middle is cut out. The small picture shows what is left.`,
  knows: (classes: readonly string[]) =>
    `This network knows only: ${classes.slice(0, 12).join(', ')}${classes.length > 12 ? ` and ${classes.length - 12} more` : ''}. A photo of anything else gets one of these names all the same.`,
  timing: 'being timed…',
  soFar: (answers: number, of: number) => `${answers} of ${plural(of, 'answer')} so far.`,
  results: 'Photo by photo',
  agree: (photos: number) =>
    photos === 1
      ? 'Every bitwidth gives the photo the same name.'
      : `Every bitwidth gives each of ${plural(photos, 'photo')} the same name.`,
  alone: (photos: number, base: string) =>
    `${plural(photos, 'photo')} named by ${base} alone; choose another bitwidth to compare with.`,
  differ: (differing: number, photos: number, base: string) =>
    `On ${differing} of ${plural(photos, 'photo')} some bitwidth names something else than ${base}: marked ≠.`,
  photo: 'Photo',
  truth: (label: string) => `It is: ${label}`,
  disagrees: 'differs',
  sure: (share: string) => `${share} sure`,
  refused: (name: string, reason: string) => `${name} was left out: ${reason}`,
  provenance: (threads: number, base: string) =>
    `Measured here, photo by photo, Fewbit’s engine on WebAssembly, ${spelled(threads, 'thread')}: medians of five runs in turn, another measurement than the bill’s. Differences are from ${base}. The photos stay in this browser.`,
  none: 'No photos yet.',
};
