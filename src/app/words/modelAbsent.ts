/** Words of a network that is not here: what stands in its place, and what to do. Each screen adds its own: see screens.ts. */
import { plural } from '../../base/text/plural.ts';
export const modelAbsent = {
  title: (network: string) => `${network} is not open here yet`,
  recorded: (date: string, how: string) =>
    `Its accuracy and size at each bitwidth were recorded on ${date} (${how}), not measured here; they are marked so.`,
  missing: (what: readonly string[]) => `What is missing: ${what.join(' and ')}.`,
  weights: (network: string, size: string | null) => `the weights of ${network}${size === null ? '' : ` (${size})`}`,
  images: (set: string, size: string | null) => `the images of ${set}${size === null ? '' : ` (${size})`}`,
  get: 'Get the network, on the Data screen',
  getImages: 'Get the images, on the Data screen',
  ownClasses: 'To your own classes',
  meanwhile: (network: string) => `Look at ${network} meanwhile`,

  unknown: {
    title: (network: string, set: string) => `${network} does not know the images of ${set}`,
    choose: (set: string) => `Choose ${set}, which it knows`,
    learn: (set: string) => `Let it learn the classes of ${set}`,
    what:
      'It keeps all its layers but the last, which is learned anew from the training images: each of them, at most 1,000, goes ' +
      'through the network once. That takes as long as classifying them, and the new layer is kept in this browser.',
    learning: (done: string, total: string) => `${done} of ${plural(total, 'training image')} seen`,
    starting: 'Opening the network and the images…',
    cancel: 'Cancel',
    failed: (message: string) => `It could not learn them: ${message}`,
  },
};
