/** How unlike the channels of one layer reach, as a number and as a sentence. */
import type { LayerChannels } from '../../../contract/calls/inspect.ts';
import { count, times } from '../../text/format.ts';
import { WORDS } from '../../words/words.ts';

/** How far the widest channel reaches, in reaches of the median one. */
export function spread({ lo, hi }: Pick<LayerChannels, 'lo' | 'hi'>): number {
  const reaches = Float32Array.from(lo, (least, c) => Math.max(-least, hi[c])).sort();
  return reaches[reaches.length - 1] / reaches[reaches.length >> 1];
}

/** Up to here the channels reach about as far: a sentence with 1.0 or 1.1 times would make much of little. */
const ALIKE = 1.15;

/** Whether one channel reaches farther than the others, and who pays for it. */
export function channelsFinding(channels: LayerChannels, other: LayerChannels | null = null): string {
  const words = WORDS.layers;
  if (channels.equalized && other) return words.equalization.finding(times(spread(other)), times(spread(channels)));
  const perChannel = channels.settings.scheme?.weights.granularity === 'perChannel';
  const number = count(channels.lo.length);
  if (channels.lo.length === 1) return words.channelAlone;
  const reach = spread(channels);
  return reach < ALIKE
    ? words.channelsAlike(number, perChannel)
    : words.channelsFinding(number, times(reach), perChannel);
}
