/** What WGSL leaves open, asked of the device itself: how a product is rounded, and whether dot products are exact. */
import { rne } from '../../base/rounding.ts';
import { seededRandom } from '../../base/random.ts';
import { bindGroupOf, bufferOf, contents, emptyBuffer, pipelineOf, readable } from './buffers.ts';
import { REQUANTIZE } from './shaders/common.ts';

const f32 = Math.fround;

/** Questions of each kind. */
const COUNT = 4096;
const ZERO_POINT = 100;
const QMAX = 255;

const SHADER = `
requires packed_4x8_integer_dot_product;
@group(0) @binding(0) var<storage, read> sums : array<i32>;
@group(0) @binding(1) var<storage, read> multipliers : array<f32>;
@group(0) @binding(2) var<storage, read_write> answers : array<u32>;
${REQUANTIZE}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid : vec3<u32>) {
  let i = gid.x;
  let x = u32(sums[i]);
  let y = bitcast<u32>(multipliers[i]);
  answers[i] = codeOf(sums[i], multipliers[i], ${ZERO_POINT}, ${QMAX});
  answers[${COUNT}u + i] = bitcast<u32>(exactFloat(sums[i]) * multipliers[i]);
  answers[${2 * COUNT}u + i] = u32(dot4I8Packed(x, y));
  answers[${3 * COUNT}u + i] = dot4U8Packed(x, y);
}`;

export type Questions = { readonly sums: Int32Array<ArrayBuffer>; readonly multipliers: Float32Array<ArrayBuffer> };

/** Sums of every size, a third of them beyond 2^24; multipliers that bring them into a grid; every fourth is halved: a tie where odd. */
export function questions(): Questions {
  const random = seededRandom(20);
  const sums = Int32Array.from(
    { length: COUNT },
    (_, i) => Math.trunc((2 * random() - 1) * 2 ** (8 + (i % 4 ? 23 * random() : 0))) || 1,
  );
  const multipliers = Float32Array.from(sums, (sum, i) =>
    i % 4 ? (200 * random()) / Math.max(1, Math.abs(sum)) : 0.5,
  );
  return { sums, multipliers };
}

function dot(x: number, y: number, signed: boolean): number {
  const bytes = (word: number): Int8Array | Uint8Array => {
    const { buffer } = Int32Array.of(word);
    return signed ? new Int8Array(buffer) : new Uint8Array(buffer);
  };
  const [a, b] = [bytes(x), bytes(y)];
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
}

/** As the shader should answer: codes, products, signed and unsigned dot products, a word each. */
export function rightAnswers({ sums, multipliers }: Questions): ArrayBuffer {
  const words = new Int32Array(4 * COUNT);
  const products = new Float32Array(words.buffer, 4 * COUNT, COUNT);
  const bits = new Int32Array(multipliers.buffer);
  for (let i = 0; i < COUNT; i++) {
    products[i] = f32(f32(sums[i]) * multipliers[i]);
    words[i] = Math.min(QMAX, Math.max(0, rne(products[i]) + ZERO_POINT));
    words[2 * COUNT + i] = dot(sums[i], bits[i], true);
    words[3 * COUNT + i] = dot(sums[i], bits[i], false);
  }
  return words.buffer;
}

/** What a device that answers so does otherwise, as the end of a sentence; null: nothing. */
export function verdict(asked: Questions, found: ArrayBuffer): string | null {
  const [right, answers] = [new Int32Array(rightAnswers(asked)), new Int32Array(found)];
  const wrong = (kind: number): boolean => {
    const first = kind * COUNT;
    return right.subarray(first, first + COUNT).some((word, i) => word !== answers[first + i]);
  };
  if (wrong(1)) return 'rounds products otherwise than to the nearest float32';
  if (wrong(0)) return 'rounds ties otherwise than to the even integer';
  return wrong(2) || wrong(3) ? 'computes dot products of bytes otherwise than exactly' : null;
}

/** What the device does otherwise than the arithmetic asks, as the end of a sentence; null: nothing. */
export async function askArithmetic(device: GPUDevice): Promise<string | null> {
  const asked = questions();
  const pipeline = await pipelineOf(device, 'arithmetic', () => SHADER);
  const inputs = [asked.sums, asked.multipliers].map((values) => bufferOf(device, new Uint32Array(values.buffer)));
  const output = emptyBuffer(device, 16 * COUNT);
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroupOf(device, pipeline, [...inputs, output]));
  pass.dispatchWorkgroups(COUNT / 64);
  pass.end();
  const copy = readable(device, 16 * COUNT);
  encoder.copyBufferToBuffer(output, 0, copy, 0, 16 * COUNT);
  device.queue.submit([encoder.finish()]);
  const found = await contents(copy);
  for (const buffer of [...inputs, output]) buffer.destroy();
  return verdict(asked, found);
}
