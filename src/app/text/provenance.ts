/** Where a number comes from: the settings and the device that made it, in words. */
import { count, milliseconds, times } from './format.ts';
import { spoken } from '../words/spoken.ts';
import { WORDS } from '../words/words.ts';
import type { RanOn } from '../../contract/device.ts';
import { ENGINE_TITLES, type EngineName } from '../../contract/engines.ts';
import type { Latency, RunSettings } from '../../contract/run.ts';
import type { Pair } from '../state/times.ts';
import { nameOf } from './names.ts';
import type { Summary } from '../recorded/records.ts';

/** What ran a network, and where. */
const machineOf = ({ engine, device }: { readonly engine?: EngineName; readonly device: RanOn }): string =>
  engine ? WORDS.provenance.engine(ENGINE_TITLES[engine], device.description) : device.description;

type Measured = {
  readonly settings: RunSettings;
  readonly engine?: EngineName;
  readonly device: RanOn;
  readonly openedFrom?: string;
  readonly altered?: boolean;
  readonly keptFrom?: string;
};

/** How an accuracy was measured. */
export function runProvenance(run: Measured): string {
  const { settings, openedFrom, keptFrom, altered } = run;
  const { scheme, images, calibrationImages, seed, file } = settings;
  const words = WORDS.provenance;
  const calibrated = scheme && file === undefined ? words.calibrated(count(calibrationImages), seed) : '';
  return words.run(
    nameOf(settings),
    count(images),
    `${calibrated}${settings.against ? WORDS.agreement.provenance : ''}`,
    `${openedFrom ? words.elsewhere(openedFrom) : keptFrom ? words.kept(keptFrom) : words.here}${altered ? words.altered : ''}`,
    machineOf(run),
  );
}

/** What recorded a run: the device, the weights' file, and who classified. */
export const recordedHow = (run: Summary): string => [machineOf(run), ...(run.recordedWith ?? [])].join(', ');

/** How an accuracy was measured, here or where it was recorded. */
export function summaryProvenance(run: Summary): string {
  const { settings, recorded } = run;
  return recorded
    ? spoken(settings.against).bill.recordedFrom(nameOf(settings), count(settings.images), recorded, recordedHow(run))
    : runProvenance(run);
}

/** How a latency was measured. */
export function timeProvenance({ settings, engine, threads, latency }: Pair): string {
  const words = WORDS.provenance;
  return words.race(
    nameOf(settings),
    ENGINE_TITLES[engine],
    words.threads(threads),
    latency.batch,
    latency.runs,
    latency.warmup,
  );
}

/** The two times of a pair, and how many times as fast: "3.10 ms → 2.40 ms, 1.3 × as fast". */
export const pairInWords = ({ engine, threads, latency, float32 }: Pair): string =>
  WORDS.provenance.pair(
    ENGINE_TITLES[engine],
    WORDS.provenance.threads(threads),
    milliseconds(perImage(float32).median),
    milliseconds(perImage(latency).median),
    times(float32.medianMs / latency.medianMs),
  );

/** Milliseconds an image: the median run and its 5th and 95th percentiles, shared out over the batch. */
export function perImage({ medianMs, p5Ms, p95Ms, batch }: Latency): {
  readonly median: number;
  readonly low: number;
  readonly high: number;
} {
  return { median: medianMs / batch, low: p5Ms / batch, high: p95Ms / batch };
}
