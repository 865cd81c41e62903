/** LiteRT.js in the bench's worker, on MLPerf Tiny's own files. It is no dependency: litert.ts serves it from the cache. */
import type { Opened } from './opened.ts';

type LiteRtTensor = { readonly data: () => Promise<ArrayLike<number>>; readonly delete: () => void };

type LiteRtModel = {
  readonly run: (input: LiteRtTensor) => Promise<readonly LiteRtTensor[] | Readonly<Record<string, LiteRtTensor>>>;
  readonly delete?: () => void;
};

/** What the bench uses of @litertjs/core. */
type LiteRt = {
  readonly loadLiteRt: (folder: string, options: { readonly threads: boolean }) => Promise<unknown>;
  readonly loadAndCompile: (url: string, options: { readonly accelerator: 'wasm' }) => Promise<LiteRtModel>;
  readonly Tensor: new (data: Float32Array | Int8Array, shape: readonly number[]) => LiteRtTensor;
};

let loading: Promise<LiteRt> | null = null;

async function load(): Promise<LiteRt> {
  const url = new URL('/litert/core.js', location.href).href;
  const litert = (await import(/* @vite-ignore */ url)) as LiteRt;
  await litert.loadLiteRt(new URL('/litert/wasm/', location.href).href, { threads: false });
  return litert;
}

/** The float file reads bytes as they are, the int8 file less 128. */
const INPUTS = {
  float32: { make: (length: number) => new Float32Array(length), less: 0 },
  int8: { make: (length: number) => new Int8Array(length), less: 128 },
} as const;

/** @throws Error where LiteRT.js or the file is not served */
export async function litertModel(
  type: keyof typeof INPUTS,
  shape: readonly number[],
): Promise<(pixels: Uint8Array) => Pick<Opened, 'run' | 'makeTensor' | 'close'>> {
  loading ??= load();
  const { Tensor, loadAndCompile } = await loading;
  const model = await loadAndCompile(new URL(`/litert/${type}.tflite`, location.href).href, { accelerator: 'wasm' });
  return (pixels) => {
    const { make, less } = INPUTS[type];
    const image = make(pixels.length);
    const tensor = (): LiteRtTensor => {
      for (let i = 0; i < pixels.length; i++) image[i] = pixels[i] - less;
      return new Tensor(image, shape);
    };
    return {
      async run() {
        const input = tensor();
        const outputs = Object.values(await model.run(input));
        const logits = Float32Array.from(await outputs[0].data());
        for (const used of [input, ...outputs]) used.delete();
        return logits;
      },
      makeTensor: () => tensor().delete(),
      close: () => model.delete?.(),
    };
  };
}
