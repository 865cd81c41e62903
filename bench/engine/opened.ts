/** An engine with a network, ready to go from a picture's bytes to logits. */
import type { Tensor } from 'onnxruntime-web/wasm';
import { writeFloatOnnx } from '../../src/onnx/write/float.ts';
import { writeQdqOnnx } from '../../src/onnx/write/qdq.ts';
import { closeSession, createSession } from '../../src/runtime/session.ts';
import { ortWasmUrl } from '../../src/runtime/wasmUrl.ts';
import { normalizationTable } from '../../src/data/normalize.ts';
import { startBrowserHelper } from '../../src/integer/wasm/host/browser.ts';
import { openFloatNetwork, openIntegerNetwork } from '../../src/integer/wasm/network.ts';
import type { WasmNetwork } from '../../src/integer/wasm/types.ts';
import type { FloatModel, Graph } from '../../src/graph/types.ts';
import type { QuantizedModel } from '../../src/quant/types.ts';
import { litertModel } from './litertModel.ts';
import type { Contender } from './rows.ts';

export type Opened = {
  readonly openMs: number;
  readonly run: () => Float32Array | Promise<Float32Array>;
  /** The part of `run` that makes the engine's input tensor; ours has none. */
  readonly makeTensor: (() => void) | null;
  readonly network: WasmNetwork | null;
  readonly close: () => void | Promise<void>;
};

/** Makes and opens one contender of a network. */
export type Subject = {
  readonly float: FloatModel;
  readonly quantized: (form: string) => QuantizedModel;
  /** One picture, bytes [H, W, 3]. */
  readonly pixels: Uint8Array;
};

export async function open(contender: Contender, subject: Subject): Promise<Opened> {
  switch (contender.engine) {
    case 'fewbit':
      return openFewbit(contender, subject);
    case 'onnxruntime':
      return openOnnxRuntime(contender, subject);
    case 'litert':
      return openLiteRt(contender, subject);
  }
}

async function openFewbit({ form, threads, withoutRelaxed }: Contender, subject: Subject): Promise<Opened> {
  const model = form === 'fp32' ? null : subject.quantized(form);
  const options = {
    ...(threads > 1 && { threads, startHelper: startBrowserHelper }),
    ...(withoutRelaxed && { relaxed: false }),
  };
  const start = performance.now();
  const network = await (model ? openIntegerNetwork(model, options) : openFloatNetwork(subject.float, options));
  const openMs = performance.now() - start;
  const table = normalizationTable(subject.float.normalization);
  return {
    openMs,
    run: () => network.runPixels(subject.pixels, 1, table),
    makeTensor: null,
    network,
    close: () => network.close(),
  };
}

async function openOnnxRuntime({ form, threads }: Contender, subject: Subject): Promise<Opened> {
  const bytes = form === 'fp32' ? writeFloatOnnx(subject.float) : writeQdqOnnx(subject.quantized(form));
  const start = performance.now();
  const opened = await createSession(bytes, { threads, wasmUrl: ortWasmUrl });
  const openMs = performance.now() - start;
  const makeTensor = tensorMaker(subject, (await import('onnxruntime-web/wasm')).Tensor);
  return {
    openMs,
    run: async () => (await opened.session.run({ input: makeTensor() })).logits.data as Float32Array,
    makeTensor,
    network: null,
    close: () => closeSession(opened),
  };
}

/** [H, W, 3] bytes to a normalized float32 tensor [1, 3, H, W]. */
function tensorMaker({ float: { graph, normalization }, pixels }: Subject, Make: typeof Tensor): () => Tensor {
  const table = normalizationTable(normalization);
  const [height, width] = graph.inputShape;
  const area = height * width;
  const image = new Float32Array(3 * area);
  return () => {
    for (let c = 0; c < 3; c++) {
      for (let i = 0; i < area; i++) image[c * area + i] = table[c * 256 + pixels[3 * i + c]];
    }
    return new Make('float32', image, [1, 3, height, width]);
  };
}

async function openLiteRt({ form }: Contender, { float: { graph }, pixels }: Subject): Promise<Opened> {
  const start = performance.now();
  const model = await litertModel(form === 'fp32' ? 'float32' : 'int8', shapeOf(graph));
  return { openMs: performance.now() - start, network: null, ...model(pixels) };
}

const shapeOf = ({ inputShape }: Graph): number[] => [1, ...inputShape];
