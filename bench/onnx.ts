/**
 * ResNet-18 (or -50) at 224 x 224 in onnxruntime-web's WASM, one thread, interleaved in one run: float32 and every
 * bitwidth, packed beside the same codes in plain int8. Weights are seeded: no time depends on them.
 * Each run is timed on the wall and in processor time, which another process does not stretch: the ratios are of the latter.
 * Packed and plain files are loaded in turn, too: the difference is what unpacking costs.
 * `npx tsx bench/onnx.ts [--model resnet18] [--bits 8,7,6,5,4,3,2] [--runs 15] [--threads 1]`. Prints one row a file.
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { normal, seededRandom } from '../src/base/random.ts';
import { resnet18, resnet50 } from '../src/graph/networks/resnet.ts';
import { writeFloatOnnx } from '../src/onnx/write/float.ts';
import { writeQdqOnnx } from '../src/onnx/write/qdq.ts';
import { seededFloatModel, withSeededWeights } from '../src/onnx/testing/seededModel.ts';
import { schemeFor } from '../src/quant/schemes.ts';
import { BITS } from '../src/quant/types.ts';
import { closeSession, createSession, runBatch, type OrtSession } from '../src/runtime/session.ts';
import { medianInterval, quantile } from '../src/runtime/statistics.ts';

const { values: args } = parseArgs({
  options: {
    model: { type: 'string', default: 'resnet18' },
    bits: { type: 'string', default: BITS.toReversed().join() },
    runs: { type: 'string', default: '15' },
    threads: { type: 'string', default: '1' },
  },
});
const build = { resnet18, resnet50 }[args.model];
if (!build) throw new Error(`--model is "${args.model}"; allowed: resnet18, resnet50.`);
const [runs, threads] = [Number(args.runs), Number(args.threads)];
const widths = BITS.filter((bits) => args.bits.split(',').includes(String(bits))).toReversed();
const random = seededRandom(1);
const image = Float32Array.from({ length: 224 * 224 * 3 }, () => normal(random));

/** Loads of each file; the median counts. */
const LOADS = 5;

type File = { readonly file: string; readonly bits: number; readonly bytes: Uint8Array };
type Contender = {
  readonly file: string;
  readonly bits: number;
  readonly bytes: number;
  readonly loadMs: number;
  readonly opened: OrtSession;
};

/** Loads the files in turn, again and again, and leaves the last sessions open. */
async function open(files: readonly File[]): Promise<Contender[]> {
  const loads = files.map((): number[] => []);
  let sessions: OrtSession[] = [];
  for (let load = 0; load < LOADS; load++) {
    for (const opened of sessions) await closeSession(opened);
    sessions = [];
    for (const [index, { bytes }] of files.entries()) {
      const start = process.cpuUsage();
      sessions.push(await createSession(bytes, { threads }));
      const { user, system } = process.cpuUsage(start);
      loads[index].push((user + system) / 1000);
    }
  }
  return files.map(({ bytes, ...file }, index) => ({
    ...file,
    bytes: bytes.length,
    loadMs: quantile(loads[index], 0.5),
    opened: sessions[index],
  }));
}

/** The first session also compiles the runtime itself. */
await closeSession(
  await createSession(writeQdqOnnx(withSeededWeights(build({ classes: 2 }), schemeFor('modern', 8, 8))), { threads }),
);

const [float] = await open([{ file: 'float32', bits: 32, bytes: writeFloatOnnx(seededFloatModel(build())) }]);
const command = `npx tsx bench/onnx.ts --model ${args.model} --bits ${args.bits} --runs ${args.runs} --threads ${args.threads}`;
for (const bits of widths) {
  const model = withSeededWeights(build(), schemeFor('modern', bits, bits));
  const [plain, packed] = await open([
    { file: 'int8', bits, bytes: writeQdqOnnx(model, { weights: 'int8' }) },
    { file: 'packed', bits, bytes: writeQdqOnnx(model) },
  ]);
  const contenders = [float, plain, packed];
  const times = contenders.map(() => ({ wall: [] as number[], processor: [] as number[] }));
  for (let run = -2; run < runs; run++) {
    for (const [index, { opened }] of contenders.entries()) {
      const [wall, processor] = [performance.now(), process.cpuUsage()];
      await runBatch(opened, image);
      const { user, system } = process.cpuUsage(processor);
      if (run < 0) continue;
      times[index].wall.push(performance.now() - wall);
      times[index].processor.push((user + system) / 1000);
    }
  }
  const round = (value: number): number => Number(value.toFixed(3));
  const medians = times.map(({ processor }) => quantile(processor, 0.5));
  contenders.forEach(({ file, bits: own, bytes, loadMs }, index) => {
    const [low, high] = medianInterval(times[index].processor);
    console.log(
      JSON.stringify({
        model: args.model,
        side: 224,
        classes: 1000,
        file,
        bits: own,
        bytes,
        loadProcessorMs: Math.round(loadMs),
        medianProcessorMs: round(medians[index]),
        low95: round(low),
        high95: round(high),
        medianWallMs: round(quantile(times[index].wall, 0.5)),
        timesAsFastAsFloat32: round(medians[0] / medians[index]),
        timeAgainstPlainInt8: round(medians[index] / medians[1]),
        runs,
        loads: LOADS,
        batch: 1,
        threads,
        loadAverage: round(loadavg()[0]),
        backend: 'onnxruntime-web 1.30 WASM in Node',
        cpu: cpus()[0].model,
        seed: 1,
        command,
      }),
    );
  });
  await closeSession(plain.opened);
  await closeSession(packed.opened);
}
process.exit(0);
