/** Words that the screens about single layers share. */
import { plural } from '../../base/text/plural.ts';
export const layer = {
  layer: 'Layer',
  weighted: (name: string, weights: string) => `${name} · ${plural(weights, 'weight')}`,
  tensor: (name: string, shape: string) => `${name} · ${shape}`,
  channel: 'Output channel',
  allChannels: (channels: string) => `all ${channels}`,
  oneChannel: (channel: number) => `channel ${channel}`,
  waiting: (what: string) => `Waiting for ${what}…`,
  failed: (what: string, message: string) => `${what} could not be measured: ${message}`,
  layersOf: 'the layers of the network',
  decibels: (dB: string) => `${dB} dB`,
  lossless: 'no loss',
};
