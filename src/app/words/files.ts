/** Words of what a person takes home, and of the page without a network. */
import { plural } from '../../base/text/plural.ts';
export const files = {
  title: 'Take it home',
  copyLink: 'Copy the link',
  copied: 'The link to what you see is on the clipboard.',
  save: 'Save the session',
  saved: 'The session is saved: fewbit-session.json.',
  savedClasses: (photos: boolean) =>
    `The session is saved, with the network of your classes ${photos ? 'and its photos: give it only to people who may see them' : 'and without its photos'}.`,
  damagedNetwork: 'The network of its own classes cannot be read.',
  damagedPhotos: 'The photos of its own classes cannot be read.',
  withPhotos: 'with the photos of your classes',
  photosTooLarge: 'With its photos the session is larger than any that this page opens: save it without them.',
  open: 'Open a session',
  opened: (name: string, runs: number) => `${name} is open: ${plural(runs, 'result')}.`,
  tooLarge: (name: string) => `${name} is larger than any session that this page saves.`,
  onnx: (what: string) => `ONNX of ${what}`,
  floats: { float32: '32-bit float', float16: '16-bit float' },
  /** What is waited for. */
  file: 'the file',
  written: (name: string) => `${name} is written: any ONNX Runtime opens it.`,
  tfjs: (what: string) => `TensorFlow.js of ${what}`,
  writtenTfjs: (name: string) =>
    `${name} is written: tf.loadLayersModel opens it, and this page again. Its weights are exactly the rounded ones, in a byte each, whatever their bits; TensorFlow.js keeps activations in float32, so its answers are a little nearer to the unrounded network’s than those measured here.`,

  print: 'Print a report',
  failed: (message: string) => `That did not work: ${message}`,
  offline: {
    prepare: 'Prepare for offline',
    asks: (files: string, megabytes: string) =>
      `This stores ${plural(files, 'file')}, ${megabytes}, in this browser: the page, its libraries, the bundled model and images.`,
    store: 'Store them',
    notNow: 'Not now',
    storing: (done: string, total: string) => `Storing, ${done} of ${total}`,
    ready: 'Ready: this page opens without a network.',
    impossible:
      'This browser keeps no pages for offline use here (it needs https or localhost, and no private window).',
    failed: (message: string) => `Not everything could be stored: ${message}`,
  },
};
