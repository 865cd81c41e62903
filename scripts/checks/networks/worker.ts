/** One network in Chromium: every tensor on each kernel, in one thread and in two, against the plain loops. */
import { foldBatchNorm } from '../../../src/graph/fold.ts';
import type { FloatModel } from '../../../src/graph/types.ts';
import { startBrowserHelper } from '../../../src/integer/wasm/host/browser.ts';
import type { OpenOptions } from '../../../src/integer/wasm/types.ts';
import type { PresetName } from '../../../src/quant/schemes.ts';
import type { Bits } from '../../../src/quant/types.ts';
import { openBackend } from '../../../src/tensor/backend.ts';
import { browserPlatform } from '../../../src/tensor/wasm/browser.ts';
import { readModel } from '../../../src/weights/model.ts';
import { expectedOf, subjectOf, wrongTensors } from './tensors.ts';

export type Question = {
  /** Where the weights are served, and the name of their file. */
  readonly url: string;
  readonly file: string;
  readonly side: number;
  /** Photos [count, side, side, 3], a byte each. */
  readonly pixels: readonly number[];
  readonly count: number;
  readonly preset: PresetName;
  readonly bits: Bits;
};

export type Answer =
  | { readonly wrong: readonly string[]; readonly kernels: readonly string[]; readonly tensors: number }
  | { readonly problem: string };

const FORCED = ['int16', 'int8', 'int8Sum16', 'lookUp'] as const;

/** The network for images of this side. */
function sized(bytes: Uint8Array<ArrayBuffer>, file: string, side: number): FloatModel {
  const read = readModel(bytes, file);
  const folded = foldBatchNorm(read.graph, read.weights);
  return { ...read, ...folded, graph: { ...folded.graph, inputShape: [side, side, 3] } };
}

async function answer({ url, file, side, pixels, count, preset, bits }: Question): Promise<Answer> {
  await openBackend('wasm', browserPlatform);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  const model = sized(new Uint8Array(await response.arrayBuffer()), file, side);
  const { images, quantized } = await subjectOf(model, Uint8Array.from(pixels), count);
  const network = quantized(preset, bits);
  const expected = expectedOf(network, images, count);
  const ways: OpenOptions[] = [
    ...FORCED.map((choose) => ({ choose })),
    { choose: 'timed', threads: 2, startHelper: startBrowserHelper },
  ];
  const wrong: string[] = [];
  const kernels = new Set<string>();
  for (const options of ways) {
    const found = await wrongTensors(network, images, count, expected, options);
    wrong.push(...found.wrong.map((what) => `${what} (${options.choose}, ${options.threads ?? 1} threads)`));
    for (const kernel of found.kernels) kernels.add(kernel);
  }
  return { wrong, kernels: [...kernels].sort(), tensors: expected.tensors.size };
}

onmessage = ({ data }: MessageEvent<Question>) =>
  answer(data).then(postMessage, (error: unknown) => postMessage({ problem: String(error) }));
