/** Where a number comes from: the settings and the device that made it, in words. */
import { count } from './format.ts';
import { WORDS } from '../words/words.ts';
import type { Device } from '../../contract/device.ts';
import type { Latency, RaceResult, RunSettings } from '../../contract/run.ts';
import { nameOf } from './names.ts';
import type { Summary } from '../recorded/records.ts';

/** How an accuracy was measured. */
export function runProvenance(settings: RunSettings, device: Device, openedFrom?: string): string {
  const { scheme, images, calibrationImages, seed, file } = settings;
  const words = WORDS.provenance;
  const calibrated = scheme && file === undefined ? words.calibrated(count(calibrationImages), seed) : '';
  return words.run(
    nameOf(settings),
    count(images),
    calibrated,
    openedFrom ? words.elsewhere(openedFrom) : words.here,
    device.description,
  );
}

/** What recorded a run: the device, the weights' file, and who classified. */
export const recordedHow = ({ device, recordedWith = [] }: Summary): string =>
  [device.description, ...recordedWith].join(', ');

/** How an accuracy was measured, here or where it was recorded. */
export function summaryProvenance(run: Summary): string {
  const { settings, device, recorded, openedFrom } = run;
  return recorded
    ? WORDS.bill.recordedFrom(nameOf(settings), count(settings.images), recorded, recordedHow(run))
    : runProvenance(settings, device, openedFrom);
}

/** How a latency was measured. */
export function raceProvenance({ settings, threads, latency }: RaceResult): string {
  const words = WORDS.provenance;
  return words.race(nameOf(settings), words.threads(threads), latency.batch, latency.runs, latency.warmup);
}

/** Milliseconds an image: the median run and its 5th and 95th percentiles, shared out over the batch. */
export function perImage({ medianMs, p5Ms, p95Ms, batch }: Latency): {
  readonly median: number;
  readonly low: number;
  readonly high: number;
} {
  return { median: medianMs / batch, low: p5Ms / batch, high: p95Ms / batch };
}
