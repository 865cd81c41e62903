/** Every bitwidth in every build of onnxruntime-web that the page loads, in a real browser: WebAssembly and native WebGPU. */
import { expect, test } from 'vitest';
import { normal, seededRandom } from '../src/base/random.ts';
import { RELU } from '../src/graph/activations.ts';
import type { Graph } from '../src/graph/types.ts';
import { runInteger } from '../src/integer/reference/run.ts';
import { writeFloatOnnx } from '../src/onnx/write/float.ts';
import { channelsFirst } from '../src/onnx/layout.ts';
import { writeQdqOnnx } from '../src/onnx/write/qdq.ts';
import { seededFloatModel, withSeededWeights } from '../src/onnx/testing/seededModel.ts';
import { PRESET_NAMES, schemeFor, type PresetName } from '../src/quant/schemes.ts';
import { BITS } from '../src/quant/types.ts';
import type { LaneInput, OpenedModel } from '../src/runtime/lane.ts';
import { browserLanes } from '../src/lab/hosts/lanesBrowser.ts';
import type { LaneName } from '../src/contract/engines.ts';

const conv = {
  kind: 'conv',
  kernel: [3, 3],
  stride: 1,
  padding: 1,
  outChannels: 8,
  groups: 1,
  bias: true,
  batchNorm: null,
  activation: RELU,
} as const;

/** A residual block behind a stem, as small as it can be: WebGPU in software is slow. */
const BLOCK: Graph = {
  name: 'block',
  inputShape: [6, 6, 3],
  nodes: [
    { ...conv, name: 'stem', input: 'input', inChannels: 3 },
    { ...conv, name: 'a', input: 'stem', inChannels: 8 },
    { ...conv, name: 'b', input: 'a', inChannels: 8, activation: null },
    { kind: 'add', name: 'sum', inputs: ['b', 'stem'], activation: RELU },
    { kind: 'globalAvgPool', name: 'gap', input: 'sum' },
    { kind: 'linear', name: 'fc', input: 'gap', inFeatures: 8, outFeatures: 4, bias: true, activation: null },
  ],
};
const N = 4;
const random = seededRandom(5);
const images = Float32Array.from({ length: N * 6 * 6 * 3 }, () => normal(random));
const input: LaneInput = { data: channelsFirst(images, N, 3), dims: [N, 3, 6, 6] };

type Seen = {
  readonly name: string;
  readonly logits: Float32Array;
  readonly expected: Float32Array | null;
  readonly opened: OpenedModel;
};

/** Float files first, then every width of both presets, with what the integer interpreter answers to the same images. */
async function runAll(
  name: LaneName,
  containers: readonly ('packed' | 'int8')[],
  presets: readonly PresetName[],
): Promise<{ seen: readonly Seen[]; refused: readonly string[] }> {
  const { lane, float16, end } = await browserLanes.open(name);
  try {
    const seen: Seen[] = [];
    const refused: string[] = [];
    const run = async (what: string, bytes: Uint8Array, expected: Float32Array | null): Promise<void> => {
      const opened = await lane.open(bytes, input).catch((error: Error) => error.message);
      if (typeof opened === 'string') return void refused.push(`${what}: ${opened}`);
      // Left open until the lane ends: with its last session ONNX Runtime lets go of the GPU and of every compiled shader.
      seen.push({ name: what, logits: (await lane.run(opened.id, input)).logits, expected, opened });
    };
    for (const precision of ['float32', ...(float16 ? (['float16'] as const) : [])] as const)
      await run(precision, writeFloatOnnx(seededFloatModel(BLOCK), precision), null);
    for (const preset of presets) {
      for (const bits of BITS) {
        const model = withSeededWeights(BLOCK, schemeFor(preset, bits, bits));
        const expected = runInteger(model, images, N);
        for (const weights of containers)
          await run(`${preset}, ${bits} bits, ${weights}`, writeQdqOnnx(model, { weights }), expected);
      }
    }
    return { seen, refused };
  } finally {
    end();
  }
}

const count = ({ operators }: OpenedModel, operator: string): number =>
  operators.filter((each) => each.operator === operator).reduce((sum, each) => sum + each.count, 0);

test('WebAssembly: the interpreter’s logits exactly, fused to QLinearConv, nothing of the unpacking left', async () => {
  const { seen, refused } = await runAll('wasm-1', ['packed', 'int8'], PRESET_NAMES);
  expect(refused).toEqual([]);
  for (const { name, logits, expected, opened } of seen) {
    if (!expected) continue;
    expect([...logits], name).toEqual([...expected]);
    expect(
      opened.operators
        .map(({ operator }) => operator)
        .filter((operator) => /Gather|Bitwise|Cast|Split|Dequantize|^Conv/.test(operator)),
      name,
    ).toEqual([]);
    expect(count(opened, 'QLinearConv'), name).toBe(3);
  }
}, 120_000);

/** In software WebGPU is slow: every width of one preset. */
test('native WebGPU: every file loads and answers nearly as the interpreter does; float16 where the adapter has it', async () => {
  const { seen, refused } = await runAll('webgpu', ['packed'], ['modern']);
  expect(refused).toEqual([]);
  expect(seen.length).toBeGreaterThanOrEqual(8);
  for (const { name, logits, expected, opened } of seen) {
    expect(logits.every(Number.isFinite), name).toBe(true);
    if (!expected) continue;
    const spread = Math.max(...expected) - Math.min(...expected);
    logits.forEach((value, i) => expect(Math.abs(value - expected[i]), name).toBeLessThan(0.1 * spread));
    expect(
      opened.operators.some(({ provider }) => provider === 'WebGpuExecutionProvider'),
      name,
    ).toBe(true);
  }
}, 300_000);
