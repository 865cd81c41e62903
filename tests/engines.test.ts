/** Every row of the table of engines, on one small network: they answer alike, or say why they are not here. */
import { beforeAll, describe, expect, test } from 'vitest';
import { openNative } from '../scripts/checks/nativeRuntime.ts';
import { ENGINE_NAMES, ENGINE_TITLES, type EngineName } from '../src/contract/engines.ts';
import { schemeFor } from '../src/quant/schemes.ts';
import { answerImages } from '../src/lab/engines/answerImages.ts';
import { engineFor, ENGINES, openNetwork } from '../src/lab/engines/engines.ts';
import type { Here, Made } from '../src/lab/engines/types.ts';
import { nodeResources } from '../src/lab/hosts/node.ts';
import { seededFloatModel, withSeededWeights } from '../src/onnx/testing/seededModel.ts';
import { openBackend } from '../src/tensor/backend.ts';
import { liveTensors } from '../src/tensor/testing/memory.ts';
import { colours } from '../src/tensor/testing/colours.ts';
import { twoBlocks } from '../src/tensor/testing/twoBlocks.ts';
import { nodePlatform } from '../src/tensor/wasm/node.ts';

const COUNT = 10;
const set = colours(COUNT);
const model = seededFloatModel(twoBlocks);
const float: Made = { model, quantized: null };
const quantized: Made = { model, quantized: withSeededWeights(twoBlocks, schemeFor('modern', 8, 8)) };

let here: Here;
beforeAll(async () => {
  const { name, description, threads } = await openBackend('wasm', { ...nodePlatform, cores: 1, isolated: false });
  const device = { backend: name, description, threads, crossOriginIsolated: false };
  here = { ...nodeResources(), openNative, device };
});

async function logitsIn(engine: EngineName, made: Made): Promise<Float32Array> {
  const network = await openNetwork(engine, made, here);
  try {
    expect(network.engine).toBe(engine);
    expect(network.ranOn.description).not.toBe('');
    expect(network.ranOn.threads).toBeGreaterThan(0);
    const all = await answerImages(network, made, set, COUNT);
    // Alone as in a batch, after a larger one.
    const alone = await network.run(new Float32Array(8 * 8 * 3), 1);
    expect(alone).toHaveLength(model.classes.length);
    return all.logits;
  } finally {
    await network.close();
  }
}

const furthest = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

describe.each(ENGINE_NAMES)('%s', (engine) => {
  test.each([
    ['float32', float],
    ['8 bits', quantized],
  ] as const)('answers as the others do, or says why not: %s', async (_name, made) => {
    const reason = await ENGINES[engine].whyAbsent(here, made);
    if (reason !== null) {
      expect(reason).toMatch(/^[A-Z].*\.$|^[a-z0-9-]+ is a lane of browsers; .*\.$/);
      await expect(openNetwork(engine, made, here)).rejects.toThrow(reason);
      return;
    }
    const logits = await logitsIn(engine, made);
    const judge = await logitsIn(made.quantized ? 'interpreter' : 'tfjs', made);
    expect(logits).toHaveLength(COUNT * model.classes.length);
    const spread = Math.max(...judge) - Math.min(...judge);
    // onnxruntime-web and our engine are exact; float arithmetic, and the native addition, may round a code to its neighbour.
    const allowed = !made.quantized
      ? 1e-4
      : engine.startsWith('onnxruntime-web') || engine === 'interpreter' || engine.startsWith('fewbit')
        ? 0
        : 0.02;
    expect(furthest(logits, judge)).toBeLessThanOrEqual(allowed * spread);
    expect(spread).toBeGreaterThan(0);
  });
});

test('in Node there are tfjs, our engine, the interpreter, a session, one lane and the native runtime', async () => {
  const reasons = await Promise.all(ENGINE_NAMES.map(async (engine) => ENGINES[engine].whyAbsent(here, quantized)));
  expect(ENGINE_NAMES.filter((_, i) => reasons[i] === null)).toEqual([
    'tfjs',
    'fewbit',
    'interpreter',
    'onnxruntime-web',
    'onnxruntime-web:wasm-1',
    'onnxruntime-node',
  ]);
  expect(Object.keys(ENGINES)).toEqual(Object.keys(ENGINE_TITLES));
});

test('the default is the table’s, float and quantized apart', () => {
  expect(engineFor('evaluate', float, here)).toBe('fewbit');
  expect(engineFor('evaluate', quantized, here)).toBe('fewbit');
  const gpu = { device: { ...here.device, backend: 'webgpu' } } as const;
  expect(engineFor('evaluate', quantized, gpu)).toBe('fewbit');
  expect(engineFor('evaluate', float, gpu)).toBe('tfjs');
  expect(engineFor('classify', quantized, here)).toBe('fewbit');
});

test('a cancel is heard between batches, progress is told, and closing leaves nothing behind', async () => {
  const before = liveTensors();
  const network = await openNetwork('tfjs', quantized, here);
  const told: number[] = [];
  const abort = new AbortController();
  const report = ({ stage, done, total }: { stage: string; done: number; total: number }): void => {
    expect([stage, total]).toEqual(['Classifying', COUNT]);
    told.push(done);
    if (done >= 4) abort.abort();
  };
  const cut = answerImages({ ...network, batch: 2 }, quantized, set, COUNT, { report, signal: abort.signal });
  await expect(cut).rejects.toMatchObject({ name: 'AbortError' });
  expect(told).toEqual([2, 4]);
  await network.close();
  expect(liveTensors()).toBe(before);
});

test('an opening that is cancelled is not waited for', async () => {
  const opening = openNetwork('onnxruntime-web', float, here, { signal: AbortSignal.abort() });
  await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
});
