/** The section on the integer engine: whole networks from pixels to logits, the kernels, and the ratios that are looked for. */
import { readRows } from './readRows.ts';
import { MOST_MEMORY, OPENING, ratiosOf, type RatioRow } from '../../bench/engine/goals.ts';
import { MODELS, SIDES } from '../../bench/engine/options.ts';
import type { Dot, EngineName, KernelRow, TimeRow } from '../../bench/engine/rows.ts';
import { table, title } from './text.ts';

export type EngineRows = { readonly times: readonly TimeRow[]; readonly kernels: readonly KernelRow[] };

const FILE = 'engine.jsonl';

const KINDS: readonly (TimeRow | KernelRow | RatioRow)['kind'][] = ['time', 'kernel', 'ratio'];

/**
 * Rows of bench/engine.ts; ratios are made anew from them.
 * @throws naming the line that is of another script, or no JSON
 */
export function readEngineRows(folder: string): EngineRows {
  const rows = readRows<TimeRow | KernelRow | RatioRow>(folder, FILE, ({ kind }) =>
    kind !== undefined && KINDS.includes(kind) ? null : 'is no row of bench/engine.ts.',
  );
  return {
    times: rows.filter((row) => row.kind === 'time'),
    kernels: rows.filter((row) => row.kind === 'kernel'),
  };
}

const DOTS = ['vnni', 'plain', 'none'] as const satisfies readonly Dot[];
const PROCESSOR: Readonly<Record<Dot, string>> = {
  vnni: 'with VNNI',
  plain: 'relaxed SIMD without VNNI',
  none: 'without relaxed SIMD',
};
const ENGINE: Readonly<Record<EngineName, string>> = {
  fewbit: 'Fewbit',
  onnxruntime: 'ONNX Runtime Web',
  litert: 'LiteRT.js',
};

const three = (value: number): string => String(Number(value.toPrecision(3)));
const range = (low: number, high: number): string => `${three(low)}–${three(high)}`;
/** ResNet-8 is the bench's own, not the catalogue's. */
const nameOf = (model: string): string => (model === 'resnet8' ? 'ResNet-8' : title(model));
const spread = (values: readonly number[]): string =>
  values.length === 0 ? '' : range(Math.min(...values), Math.max(...values));

function ratios(times: readonly TimeRow[]): string {
  const rows = ratiosOf(times);
  const short = rows.filter(({ holds }) => !holds);
  const verdict =
    `${rows.length - short.length} of ${rows.length} ratios that could be measured reach what is expected of them` +
    (short.length === 0
      ? '.'
      : `; short: ${short.map(({ model, ratio, dot, times, bestTimes }) => `${nameOf(model)} ${ratio} ${PROCESSOR[dot]} (${three(times)}, best runs ${three(bestTimes)})`).join('; ')}.`);
  const missing = DOTS.filter((dot) => dot !== 'none' && !times.some((row) => row.dot === dot));
  return [
    verdict + missing.map((dot) => ` There are no rows ${PROCESSOR[dot]}: no processor here had it.`).join(''),
    table(
      [
        'network',
        'side',
        'processor',
        'slower / faster',
        'times as fast',
        'of the intervals',
        'of the best runs',
        'expected',
      ],
      rows.map((row) => [
        nameOf(row.model),
        String(row.side),
        PROCESSOR[row.dot],
        row.ratio,
        three(row.times),
        range(row.low, row.high),
        three(row.bestTimes),
        three(row.atLeast),
      ]),
    ),
  ].join('\n\n');
}

const kernelsOf = ({ kernels }: TimeRow): string =>
  Object.entries(kernels ?? {})
    .map(([kernel, count]) => `${kernel} ${count}`)
    .join(', ');

/** One race under one processor: all contenders, the slowest form of each engine first. */
function race(rows: readonly TimeRow[]): string {
  const float = rows.find(({ engine, form, threads }) => engine === 'fewbit' && form === 'fp32' && threads === 1);
  return table(
    ['engine', 'form', 'threads', 'median ms', '95%', 'best', 'to our float32', 'kernels by layers', 'MB', 'runs'],
    rows.map((row) => [
      ENGINE[row.engine],
      row.form,
      String(row.threads),
      three(row.medianMs),
      range(row.lowMs, row.highMs),
      three(row.bestMs),
      float ? three(float.medianMs / row.medianMs) : '',
      kernelsOf(row),
      row.memoryBytes === null ? '' : (row.memoryBytes / 1e6).toFixed(1),
      String(row.runs),
    ]),
  );
}

function races(times: readonly TimeRow[]): string[] {
  return MODELS.flatMap((model) =>
    SIDES[model].flatMap((side) =>
      [1, 2].flatMap((threads) =>
        DOTS.flatMap((dot) => {
          const all = times.filter(
            (row) => row.model === model && row.side === side && row.race === threads && row.dot === dot,
          );
          // Measured again: the last of each contender.
          const rows = all.filter(
            (row) =>
              row === all.findLast((o) => o.engine === row.engine && o.form === row.form && o.threads === row.threads),
          );
          if (rows.length === 0) return [];
          const [{ loadAverage }] = rows;
          const heading = `#### ${nameOf(model)} at ${side} × ${side}, ${threads === 1 ? 'one thread' : 'two threads'}, ${PROCESSOR[dot]}`;
          return [heading, `Load average ${three(loadAverage)}.`, race(rows)];
        }),
      ),
    ),
  );
}

function kernels(rows: readonly KernelRow[]): string {
  return table(
    ['processor', 'kernel', 'form', 'GMAC/s', 'of the best run', 'times float32', 'runs'],
    DOTS.flatMap((dot) => {
      const own = rows.filter((row) => row.dot === dot);
      const last = own.filter((row) => row === own.findLast((o) => o.kernel === row.kernel && o.form === row.form));
      const float = last.find(({ kernel }) => kernel === 'float32');
      return last.map((row) => [
        PROCESSOR[dot],
        row.kernel,
        row.form,
        three(row.gigaMacs),
        three((row.gigaMacs * row.medianMs) / row.bestMs),
        float ? three(float.bestMs / row.bestMs) : '',
        String(row.runs),
      ]);
    }),
  );
}

function memory(times: readonly TimeRow[]): string {
  const row = times.findLast(
    ({ engine, model, form, threads, memoryBytes }) =>
      engine === 'fewbit' && model === MOST_MEMORY.model && form === MOST_MEMORY.form && threads === 1 && memoryBytes,
  );
  if (!row?.memoryBytes) return '';
  return ` ${nameOf(row.model)} at ${row.side} in 8 bits takes ${(row.memoryBytes / 1e6).toFixed(1)} MB of WebAssembly memory (expected: at most ${MOST_MEMORY.bytes / 1e6}).`;
}

/** Of the last race of the most widths, in which each was opened once, with packing and the choice of kernels. */
function opening(times: readonly TimeRow[]): string {
  const own = times.filter(
    ({ engine, model, side, form, race }) =>
      engine === 'fewbit' && model === OPENING.model && side === OPENING.side && form !== 'fp32' && race === 1,
  );
  const last = own.filter(({ commit }) => commit === own.at(-1)?.commit);
  if (last.length === 0) return '';
  const { model, side, loadAverage } = last[0];
  return ` Opening ${nameOf(model)} at ${side} at a new width, with packing and the choice of kernels, took ${spread(last.map(({ openMs }) => openMs))} ms at load ${three(loadAverage)} (expected: at most ${OPENING.ms}).`;
}

export function engineSection({ times, kernels: kernelRows }: EngineRows): string {
  const unequal = times.filter(({ form, logitsDiffer }) => form !== 'fp32' && (logitsDiffer ?? 0) > 0);
  const compared = times.filter(({ form, logitsDiffer }) => form !== 'fp32' && logitsDiffer !== null);
  return [
    '## The integer engine',
    `Milliseconds of one picture, from its RGB bytes to logits, in Chromium, contenders in turn in one worker, each after a run that is not counted; the median, an interval that holds it with 95% confidence, and the best run. What the kernels are: [engine.md](engine.md). Rows: docs/results/engine.jsonl. Other work shared the cores (load averages ${spread(times.map(({ loadAverage }) => loadAverage))} on ${times[0]?.cores ?? 0}), which stretches long runs more than short ones: only ratios within one race count. ` +
      `Of ${compared.length} quantized networks that ONNX Runtime ran, too, ${unequal.length === 0 ? 'all gave its logits to the last bit' : `${unequal.length} gave other logits`}.${memory(times)}${opening(times)}`,
    '### Ratios',
    ratios(times),
    '### Kernels',
    `One 3 × 3 convolution of 64 to 64 channels over ${kernelRows.at(-1)?.side ?? 0} × ${kernelRows.at(-1)?.side ?? 0} pixels, one thread, billions of multiply-adds a second.`,
    kernels(kernelRows),
    '### Whole networks',
    ...races(times),
    `Processors: ${[...new Set(times.map(({ cpu }) => cpu))].join(', ')}. Weights: ${[...new Set(times.map(({ weights }) => weights))].join('; ')}. Commits: ${[...new Set(times.map(({ commit }) => commit))].join(', ')}. Commands: ${[...new Set(times.map(({ command }) => `\`${command}\``))].join(', ')}.`,
  ].join('\n\n');
}
