/** Words of the screen on which a person's own classes are recorded and learned. */
import { plural } from '../../base/text/plural.ts';
import type { NameFault } from '../ownClasses/collection.ts';
import type { Doubt } from '../ownClasses/doubts.ts';

const FAULTS: Readonly<Record<NameFault, string>> = {
  empty: 'Every class needs a name.',
  sign: 'A name has no comma and no slash, and begins with a letter or a number.',
  side: 'Folders of this name hold test or training images: call the class something else.',
  twice: 'Two classes have this name.',
};

function doubt(said: Doubt): string {
  switch (said.kind) {
    case 'few':
      return `${said.name} has ${plural(said.photos, 'photo')} only: it will be learned by heart, and be measured on one or two. Ten and more are better, thirty are good.`;
    case 'unequal':
      return `${said.most} has ${said.times.toFixed(said.times < 10 ? 1 : 0)} times as many photos as ${said.least}: the network will lean to ${said.most}.`;
    case 'both':
      return `${plural(said.photos, 'picture')} ${said.photos === 1 ? 'is' : 'are'} in both ${said.names[0]} and ${said.names[1]}, which cannot both be right: remove ${said.photos === 1 ? 'it' : 'them'} from one.`;
    case 'alike':
      return `Of ${plural(said.of, 'photo')} of ${said.name} ${said.frames} look nearly like the one before: move and turn it while you record, or the accuracy says too much.`;
  }
}

export const classes = {
  defaults: ['Class 1', 'Class 2'],
  named: (number: number) => `Class ${number}`,
  network: 'Network of your classes',
  camera: 'Webcam',
  open: 'Open the webcam',
  close: 'Close the webcam',
  view: 'What the webcam sees',
  opening: 'The webcam opens…',
  cameraNote: 'Its pictures stay in this browser. No webcam? Drop photos onto a class instead.',
  failed: (reason: string) =>
    `The webcam cannot be used: ${reason}. Allow it in the browser, or drop photos onto a class instead.`,
  lost: 'The webcam has stopped giving pictures. Open it again.',
  classes: 'Classes',
  name: (place: number) => `Name of class ${place}`,
  count: (photos: number) => plural(photos, 'photo'),
  hold: (name: string) => `Hold to record ${name}`,
  holdShort: 'Hold to record',
  recording: (frames: number) => `Recording: ${frames}`,
  choose: 'Choose photos',
  chooseFor: (name: string) => `Choose photos of ${name}`,
  removePhoto: (name: string, place: number) => `Remove photo ${place} of ${name}`,
  photo: (name: string, place: number) => `Photo ${place} of ${name}`,
  showAll: (photos: number) => `Show all of ${plural(photos, 'photo')}`,
  clear: 'Remove all photos',
  clearOf: (name: string) => `Remove all photos of ${name}`,
  removeClass: 'Remove the class',
  removeClassOf: (name: string) => `Remove the class ${name}`,
  add: 'Add a class',
  startOver: 'Start over',
  bring: 'Bring a folder or a zip',
  bringNote:
    'Each folder in it is a class: what Teachable Machine calls its samples, or photos sorted by yourself. Dropped anywhere on this screen it is taken, too.',
  folder: 'Choose a folder',
  zip: 'Choose a zip',
  dropHere: 'Drop photos here',
  reading: (done: number, total: number) => `Reading ${done} of ${plural(total, 'photo')}…`,
  unreadable: (count: number, example: string) =>
    `${plural(count, 'file')} could not be read as ${count === 1 ? 'a picture' : 'pictures'} and ${count === 1 ? 'was' : 'were'} left out (${example}).`,
  twice: (count: number, name: string) =>
    `${plural(count, 'picture')} of ${name} ${count === 1 ? 'was' : 'were'} there already and ${count === 1 ? 'was' : 'were'} left out.`,
  noRoom: (count: number, name: string, most: number) =>
    `${plural(count, 'photo')} of ${name} found no room: a class holds ${most}.`,
  spread: (name: string, taken: number, of: number) =>
    `Of ${plural(of, 'photo')} of ${name} ${taken} were taken, evenly spread.`,
  tooMany: (most: number, left: readonly string[]) =>
    `There is room for ${plural(most, 'class', 'classes')}: ${left.slice(0, 3).join(', ')}${left.length > 3 ? ` and ${left.length - 3} more` : ''} were left out.`,
  noClass: 'Photos that lie in no folder belong to no class: drop them onto a class.',
  notRead: (reason: string) => `That could not be read: ${reason}`,
  faults: FAULTS,
  doubt,
  before: 'Before it learns',
  apart: (test: number, train: number, between: number) =>
    `It learns from ${plural(train, 'photo')}; ${test} are kept apart to measure on.${between > 0 ? ` Of a recording these are its last fifth: neighbours look alike, so ${plural(between, 'frame')} in between ${between === 1 ? 'is' : 'are'} used for neither.` : ''}`,
  needs: (names: readonly string[]) =>
    names.length === 0
      ? 'Two classes are needed, with two photos each at least.'
      : `Two photos at least are needed of ${names.join(' and of ')}: one to learn from, one to measure on.`,
  beneath: 'Network beneath',
  beneathNote:
    'Its layers stay as they are and look at your photos; only a new last layer learns. More networks come in on the Data screen: ResNets of ImageNet, or your Teachable Machine model.',
  cifarNote:
    'ResNet-20 sees 32 × 32 pixels and was taught ten kinds of things: for your own things an ImageNet network, or a Teachable Machine model, sees far more.',
  keep: 'Keep the photos in this browser',
  keepNote:
    'Else they are gone when this page is closed or loaded anew. The network stays in any case, as its last layer and the names.',
  train: 'Train',
  cancel: 'Cancel',
  importing: 'Sorting the photos…',
  starting: 'Opening the network…',
  looking: (done: number, total: number) => `${done} of ${plural(total, 'photo')} seen`,
  learning: 'The last layer learns…',
  trainFailed: (message: string) => `It could not learn them: ${message}`,
  known: (names: readonly string[], base: string, photos: number) =>
    `Your network is here. It tells ${names.join(', ')} from each other, stands on ${base}, and learned from ${plural(photos, 'photo')}.`,
  knownSee: 'See it at every bitwidth',
  noPhotos:
    'Its photos are not here any more: they were not kept, or removed. Record a few of each class again and measure on them, without training; or train anew.',
  measure: 'Measure it on these photos',
  restored: (photos: number) => `Here again, of an earlier visit: ${plural(photos, 'photo')}.`,
  takeNames: 'Record for these classes',
  forget: 'Forget the network and its photos',
};
