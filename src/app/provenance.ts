/** Where a number comes from: the settings and the device that made it, in words. */
import type { Device, Latency, RaceResult, RunSettings } from '../lab/protocol.ts';
import { count } from './format.ts';
import { nameOf } from './jobs.ts';
import type { Summary } from './measurements.ts';
import { WORDS } from './words.ts';

/** How an accuracy was measured. */
export function runProvenance(settings: RunSettings, device: Device, openedFrom?: string): string {
  const { scheme, images, calibrationImages, seed, file } = settings;
  const calibrated = scheme && file === undefined ? `, ranges from ${count(calibrationImages)} training images, seed ${seed}` : '';
  return `${nameOf(settings)} on ${count(images)} test images${calibrated}; measured ${openedFrom ? `elsewhere (${openedFrom})` : 'here'}, ${device.description}`;
}

/** How an accuracy was measured, here or where it was recorded. */
export function summaryProvenance({ settings, device, recorded, openedFrom }: Summary): string {
  return recorded
    ? WORDS.bill.recordedFrom(nameOf(settings), count(settings.images), recorded, device.description)
    : runProvenance(settings, device, openedFrom);
}

/** How a latency was measured. */
export function raceProvenance({ settings, threads, latency }: RaceResult): string {
  const threadCount = threads === 1 ? 'one thread' : `${threads} threads`;
  return `${nameOf(settings)}, ONNX Runtime Web on WebAssembly, ${threadCount}, batches of ${latency.batch}: median of ${latency.runs} runs after ${latency.warmup} to warm up, 5th to 95th percentile`;
}

/** Milliseconds an image: the median run and its 5th and 95th percentiles, shared out over the batch. */
export function perImage({ medianMs, p5Ms, p95Ms, batch }: Latency): { readonly median: number; readonly low: number; readonly high: number } {
  return { median: medianMs / batch, low: p5Ms / batch, high: p95Ms / batch };
}
