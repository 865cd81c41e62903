/** How long a kernel takes over a layer here: timed on zeros, which take as long as any other numbers. */
import type { Candidate } from './candidates.ts';
import { areaFrom } from '../area.ts';
import { convRecord, offsetsOf, preparedBytes, weightAreas } from '../steps/convStep.ts';
import { KERNELS, type IntegerKernel } from '../kernels.ts';
import type { Window } from '../steps/layers.ts';
import type { Packing } from '../steps/packing.ts';
import { SLACK, type Placed } from '../plan.ts';
import { instantiate, moduleOf } from '../host/processor.ts';
import { STEP_BYTES, writeRecord } from '../steps/record.ts';

const PAGE = 65536;
/** Multiply-adds of a turn: some tenths of a millisecond, so that a clock of 100 microseconds (a page that is not isolated) will do. */
const TURN = 12e6;
const TURNS = 4;
/** A kernel that was this much slower twice is not asked again. */
const HOPELESS = 1.4;
/** One that comes later in the usual order must win clearly: the same choice on every day. */
const CLEARLY = 0.95;
/** Until the engine has optimized a kernel: milliseconds at most, and turns without a better time. */
const WARM_MS = 12;
const WARM_TURNS = 8;

/** A layer with weights, as far as time depends on it. */
export type LayerShape = {
  readonly window: Window;
  readonly packing: Packing;
  readonly input: Placed;
  readonly output: Placed;
};

export type Timing = { readonly candidate: Candidate; readonly gigaMacs: number };

/** Verdicts of this session, by processor and shape. */
const KNOWN = new Map<string, readonly Timing[]>();
const WARM = new Set<string>();

/** Half or twice as often widened is seen in the time, until it is hardly ever done: widths share what is known. */
const depthClass = (depth: number): number => Math.floor(Math.log2(Math.min(Math.max(depth, 1), 32)));

const keyOf = (relaxed: boolean, { window, packing, input, output }: LayerShape, exact: readonly Candidate[]): string =>
  [
    relaxed,
    window.stride,
    ...Object.values(packing),
    input.rowBytes,
    output.width,
    output.height,
    ...exact.flatMap(({ kernel, depth, flipped }) => [kernel, depthClass(depth), flipped]),
  ].join();

/**
 * Times opened layers until its budget is spent; `null` is its answer from then on, but for what it knows already.
 * @param budgetMs 0: nothing is timed
 */
export function stopwatch(
  relaxed: boolean,
  budgetMs: number,
): (shape: LayerShape, exact: readonly Candidate[]) => readonly Timing[] | null {
  let spent = 0;
  let memory: WebAssembly.Memory | null = null;
  return (shape, exact) => {
    const key = keyOf(relaxed, shape, exact);
    const known = KNOWN.get(key);
    if (known) return known;
    if (spent >= budgetMs) return null;
    const start = performance.now();
    memory ??= new WebAssembly.Memory({ initial: 1 });
    const timings = timed(relaxed, shape, exact, memory);
    KNOWN.set(key, timings);
    spent += performance.now() - start;
    return timings;
  };
}

/** The exact candidates with their speeds, the one to take first. */
function timed(
  relaxed: boolean,
  shape: LayerShape,
  exact: readonly Candidate[],
  memory: WebAssembly.Memory,
): readonly Timing[] {
  const exports = instantiate(moduleOf({ relaxed, shared: false }), memory);
  const contenders = exact.map((candidate) => ({ candidate, best: Infinity }));
  const { packing, output } = shape;
  const macsOfPixel = packing.taps * packing.width * packing.inChannels * packing.outChannels;
  const pixels = output.height * output.width;
  for (let turn = 0; turn < TURNS; turn++) {
    // One turn can be unlucky.
    const lead = Math.min(...contenders.map(({ best }) => best));
    for (const contender of contenders) {
      if (turn > 1 && contender.best > HOPELESS * lead) continue;
      const unit = KERNELS[contender.candidate.kernel].pixels;
      const count = Math.min(pixels, Math.max(unit, Math.floor(TURN / macsOfPixel / unit) * unit));
      const repeats = Math.max(1, Math.round(TURN / (macsOfPixel * count)));
      layOut(shape, contender.candidate, count, memory);
      const run = (): number => {
        const start = performance.now();
        for (let i = 0; i < repeats; i++) exports.run(PAGE, 0, 1, 1, 0);
        return (performance.now() - start) / (repeats * count);
      };
      warm(relaxed, contender.candidate.kernel, run);
      contender.best = Math.min(contender.best, run());
    }
  }
  const timings = contenders.map(({ candidate, best }) => ({ candidate, gigaMacs: macsOfPixel / best / 1e6 }));
  const winner = timings.reduce((best, timing) => (timing.gigaMacs * CLEARLY > best.gigaMacs ? timing : best));
  return [winner, ...timings.filter((timing) => timing !== winner)];
}

/** The layer alone in the memory: its record in the second page, weights, codes and sums behind. */
function layOut(shape: LayerShape, candidate: Candidate, pixels: number, memory: WebAssembly.Memory): void {
  const { window, packing } = shape;
  const area = areaFrom(PAGE + STEP_BYTES);
  const areas = weightAreas(candidate.kernel, packing, area);
  const input = { ...shape.input, at: area.take(shape.input.bytes + SLACK) };
  const output = { ...shape.output, at: area.take(shape.output.bytes + SLACK) };
  const offsets = offsetsOf(window, input, output);
  const at = area.take(offsets.byteLength);
  const prepared = preparedBytes(candidate, input);
  const image = prepared > 0 ? area.take(prepared) : input.at;
  const missing = area.size() - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  new Uint32Array(memory.buffer, at, offsets.length).set(offsets);
  const depth = Math.min(candidate.depth, 1024) * (candidate.kernel === 'lookUp' ? 16 : 4);
  writeRecord(memory, PAGE, {
    ...convRecord(candidate.kernel, window, packing, input, output),
    ...areas,
    offsets: at,
    image,
    depth,
    qmax: 1,
    pixelCount: pixels,
  });
}

/** The engine runs quickly compiled code first, and better code once that is ready: only then is it worth timing. */
function warm(relaxed: boolean, kernel: IntegerKernel, run: () => number): void {
  const key = `${relaxed} ${kernel}`;
  if (WARM.has(key)) return;
  WARM.add(key);
  const end = performance.now() + WARM_MS;
  let best = Infinity;
  for (let idle = 0; idle < WARM_TURNS && performance.now() < end; idle++) {
    const time = run();
    if (time < 0.9 * best) idle = 0;
    best = Math.min(best, time);
  }
}
