/**
 * Results as JSON and back, for a saved session. Every field is checked when it is read: the file may come from
 * anywhere.
 */
import { oneOf, record } from '../base/parsing.ts';
import { plainText } from '../base/plainText.ts';
import { parseScheme } from '../quant/schemes.ts';
import { RECIPE } from '../quant/training/recipe.ts';
import { DATASETS } from './catalogue.ts';
import type { RanOn } from './device.ts';
import { ENGINE_NAMES } from './engines.ts';
import type { Latency, ScoreResult, RunResult, RunSettings } from './run.ts';

export type Results = { readonly runs: readonly RunResult[]; readonly scores: readonly ScoreResult[] };

/** No dataset of the lab has more test images. */
const MOST_IMAGES = 100_000;
const MOST_RESULTS = 10_000;

/** Typed arrays become lists; everything else is JSON already. */
export const toJson = ({ runs, scores }: Results): unknown => ({
  runs: runs.map((run) => ({
    ...run,
    predictions: [...run.predictions],
    confidences: [...run.confidences].map((p) => Number(p.toFixed(4))),
  })),
  races: scores.map((score) => ({ ...score, predictions: [...score.predictions] })),
});

/** A wrong value, as much of it as a sentence can bear. */
const said = (value: unknown): string => plainText(JSON.stringify(value) ?? 'missing', 80);

function text(what: string, value: unknown): string {
  if (typeof value !== 'string' || value.length > 300)
    throw new TypeError(`${what} is no text of at most 300 characters.`);
  return plainText(value, 300);
}

function number(what: string, value: unknown, low: number, high: number): number {
  if (typeof value !== 'number' || !(value >= low && value <= high))
    throw new TypeError(`${what} is ${said(value)}; it must be a number from ${low} to ${high}.`);
  return value;
}

function whole(what: string, value: unknown, low: number, high: number): number {
  const given = number(what, value, low, high);
  if (!Number.isInteger(given)) throw new TypeError(`${what} is ${given}; it must be a whole number.`);
  return given;
}

function list(what: string, value: unknown, most: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > most) throw new TypeError(`${what} is no list of at most ${most}.`);
  return value;
}

/** Each knob of the recipe that is given, of its default's kind; JSON can write a number without an end (1e999). */
function parseTraining(value: unknown): RunSettings['training'] {
  const given = record(value, 'The training settings');
  for (const [knob, { value: fallback }] of Object.entries(RECIPE)) {
    const isKind = typeof given[knob] === typeof fallback({ network: 'small', images: 'small', bits: 4 });
    if (!isKind || Math.abs(Number(given[knob])) === Infinity)
      throw new TypeError(`training.${knob} is ${said(given[knob])}.`);
  }
  return Object.fromEntries(Object.keys(RECIPE).map((knob) => [knob, given[knob]])) as RunSettings['training'];
}

function parseSettings(value: unknown): RunSettings {
  const given = record(value, "A run's settings");
  return {
    model: text('model', given.model),
    dataset: text('dataset', given.dataset),
    method: oneOf('method', given.method, ['float32', 'ptq', 'qat']),
    scheme: given.scheme === null ? null : parseScheme(given.scheme),
    images: whole('images', given.images, 1, MOST_IMAGES),
    calibrationImages: whole('calibrationImages', given.calibrationImages, 0, MOST_IMAGES),
    seed: whole('seed', given.seed, 0, 2 ** 31 - 1),
    ...(given.side === undefined ? {} : { side: whole('side', given.side, 1, 4096) }),
    ...(given.file === undefined ? {} : { file: text('file', given.file) }),
    ...(given.training === undefined ? {} : { training: parseTraining(given.training) }),
    ...(given.engine === undefined ? {} : { engine: oneOf('engine', given.engine, ENGINE_NAMES) }),
    ...(given.against === undefined ? {} : { against: oneOf('against', given.against, ['float']) }),
  };
}

function parseDevice(value: unknown): RanOn {
  const given = record(value, "A run's device");
  return {
    backend: oneOf('backend', given.backend, ['webgpu', 'wasm', 'cpu', 'webnn']),
    description: text('device', given.description),
    threads: whole('threads', given.threads, 0, 1024),
    crossOriginIsolated: oneOf('crossOriginIsolated', given.crossOriginIsolated, [true, false]),
  };
}

/** The lab knows no dataset of more. */
const MOST_CLASSES = 10_000;

/** Of a network whose classes are not the images' nobody knows how many there are. */
function classesOf({ dataset, against }: RunSettings): number {
  if (against !== undefined) return MOST_CLASSES;
  const rows: Readonly<Record<string, { readonly classes: number }>> = DATASETS;
  return Object.hasOwn(rows, dataset) ? rows[dataset].classes : MOST_CLASSES;
}

function predictionsOf(given: Readonly<Record<string, unknown>>, settings: RunSettings): Int32Array {
  const { images } = settings;
  const values = list('predictions', given.predictions, MOST_IMAGES);
  if (values.length !== images) throw new TypeError(`There are ${values.length} predictions of ${images} images.`);
  const last = classesOf(settings) - 1;
  return Int32Array.from(values, (value) => whole('A prediction', value, 0, last));
}

function confidencesOf(given: Readonly<Record<string, unknown>>, { images }: RunSettings): Float32Array {
  const values = list('confidences', given.confidences, MOST_IMAGES);
  if (values.length !== images) throw new TypeError(`There are ${values.length} confidences of ${images} images.`);
  return Float32Array.from(values, (p) => number('A confidence', p, 0, 1));
}

/** A share of so many images: some of them, counted. What share it must be is known once the images are there. */
function top1Of(given: Readonly<Record<string, unknown>>, { images }: RunSettings): number {
  const share = number('top1', given.top1, 0, 1);
  if (Math.abs(share * images - Math.round(share * images)) > 1e-3)
    throw new TypeError(`top1 is ${share}, which no count of ${images} images gives: the file was altered.`);
  return share;
}

const alteredIn = (given: Readonly<Record<string, unknown>>): { readonly altered?: boolean } =>
  given.altered === true ? { altered: true } : {};

function parseRun(value: unknown): RunResult {
  const given = record(value, 'A run');
  const settings = parseSettings(given.settings);
  return {
    settings,
    // Before results said so, the lab evaluated in tfjs alone.
    engine: given.engine === undefined ? 'tfjs' : oneOf('engine', given.engine, ENGINE_NAMES),
    device: parseDevice(given.device),
    predictions: predictionsOf(given, settings),
    top1: top1Of(given, settings),
    confidences: confidencesOf(given, settings),
    sizeBytes: whole('sizeBytes', given.sizeBytes, 0, 1e12),
    onnxBytes: whole('onnxBytes', given.onnxBytes, 0, 1e12),
    seconds: number('seconds', given.seconds, 0, 1e9),
    ...(given.kl === undefined ? {} : { kl: number('kl', given.kl, -1e-3, 1e9) }),
    ...alteredIn(given),
    ...(given.keptFrom === undefined ? {} : { keptFrom: text('keptFrom', given.keptFrom) }),
  };
}

function parseLatency(value: unknown): Latency {
  const given = record(value, 'A latency');
  const ms = (name: string): number => number(name, given[name], 0, 1e9);
  const [p5Ms, medianMs, p95Ms] = [ms('p5Ms'), ms('medianMs'), ms('p95Ms')];
  if (!(p5Ms <= medianMs && medianMs <= p95Ms))
    throw new TypeError(`A latency of ${medianMs} ms is not between its percentiles, ${p5Ms} and ${p95Ms} ms.`);
  return {
    medianMs,
    p5Ms,
    p95Ms,
    runs: whole('runs', given.runs, 1, 1e6),
    warmup: whole('warmup', given.warmup, 0, 1e6),
    batch: whole('batch', given.batch, 1, 1e6),
  };
}

function parseRace(value: unknown): ScoreResult['race'] {
  const given = record(value, 'A race');
  return {
    engine: oneOf('engine', given.engine, ENGINE_NAMES),
    threads: whole('threads', given.threads, 0, 1024),
    entries: list('entries', given.entries, 100).map((entry) => {
      const { settings, latency } = record(entry, 'A network of a race');
      return { settings: parseSettings(settings), latency: parseLatency(latency) };
    }),
  };
}

function parseScore(value: unknown): ScoreResult {
  const given = record(value, 'A score');
  const settings = parseSettings(given.settings);
  return {
    settings,
    provider: oneOf('provider', given.provider, ['wasm']),
    threads: whole('threads', given.threads, 0, 1024),
    predictions: predictionsOf(given, settings),
    top1: top1Of(given, settings),
    ...alteredIn(given),
    onnxBytes: whole('onnxBytes', given.onnxBytes, 0, 1e12),
    latency: parseLatency(given.latency),
    float32Latency: parseLatency(given.float32Latency),
    ...(given.race === undefined ? {} : { race: parseRace(given.race) }),
  };
}

/** @throws TypeError with a sentence that names what is wrong */
export function fromJson(value: unknown): Results {
  const given = record(value, 'The list of results');
  return {
    runs: list('runs', given.runs, MOST_RESULTS).map(parseRun),
    scores: list('races', given.races, MOST_RESULTS).map(parseScore),
  };
}
