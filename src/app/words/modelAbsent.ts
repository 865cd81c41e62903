/** Words of a network that is not here: what stands in its place, and what to do. */
import type { ScreenName } from '../names/screenNames.ts';

export const modelAbsent = {
  title: (network: string) => `${network} is not open here yet`,
  recorded: (date: string, how: string) =>
    `Its accuracy and size at each bitwidth were recorded on ${date} (${how}), not measured here; they are marked so.`,
  needs: {
    snap: 'This screen shows the network’s own weights, of which nothing was recorded: it opens with the network.',
    clip: 'This screen shows the network’s own weights and activations, of which nothing was recorded: it opens with the network.',
    layers: 'This screen looks into every layer, of which nothing was recorded: it opens with the network.',
    bill: 'Times, flipped images and intervals of this machine come with the network.',
    staircase: 'The lesson below needs no network; training one live does.',
    classify: 'Photos can be classified once the network is here.',
    race: 'A race needs the network’s files: it can start once the network is here.',
    experiments: 'Experiments of networks that are here run all the same.',
    data: 'Download its weights below, or drop a file of yours; choose its images; then press Try again.',
  } satisfies { readonly [K in ScreenName]: string },
  get: 'Get the network, on the Data screen',
  meanwhile: (network: string) => `Look at ${network} meanwhile`,
};
