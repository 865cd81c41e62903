/** Words of a network that is not here: what stands in its place, and what to do. Each screen adds its own: see screens.ts. */
export const modelAbsent = {
  title: (network: string) => `${network} is not open here yet`,
  recorded: (date: string, how: string) =>
    `Its accuracy and size at each bitwidth were recorded on ${date} (${how}), not measured here; they are marked so.`,
  get: 'Get the network, on the Data screen',
  meanwhile: (network: string) => `Look at ${network} meanwhile`,
};
