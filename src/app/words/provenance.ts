/** Where a number comes from: the settings and the machine that made it. */
import { plural, spelled } from '../../base/text/plural.ts';
export const provenance = {
  run: (what: string, images: string, calibrated: string, where: string, device: string) =>
    `${what} on ${plural(images, 'test image')}${calibrated}; measured ${where}, ${device}`,
  calibrated: (images: string, seed: number) => `, ranges from ${plural(images, 'training image')}, seed ${seed}`,
  engine: (engine: string, device: string) => `${engine}, ${device}`,
  here: 'here',
  kept: (day: string) => `here on ${day}, kept by this browser`,
  elsewhere: (file: string) => `elsewhere (${file})`,
  altered: ' and altered since: its top-1 did not follow from its predictions on these images and was counted again',
  threads: (count: number) => spelled(count, 'thread'),
  pair: (engine: string, threads: string, float32: string, quantized: string, faster: string) =>
    `${engine}, ${threads}: ${float32} → ${quantized}, ${faster} as fast`,
  race: (what: string, engine: string, threads: string, batch: number, runs: number, warmup: number) =>
    `${what}, ${engine} on WebAssembly, ${threads}, in turn with the others shown, batches of ${batch}: median of ${runs} runs after ${warmup} to warm up, 5th to 95th percentile`,
};
