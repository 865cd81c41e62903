/** WebP in Node: Google's decoder in WebAssembly, from the package's own file. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import decode, { init } from '@jsquash/webp/decode.js';
import type { Rgba } from './rgba.ts';

let ready: Promise<unknown> | undefined;

async function load(): Promise<void> {
  const path = createRequire(import.meta.url).resolve('@jsquash/webp/codec/dec/webp_dec.wasm');
  // The package makes an ImageData of what it has decoded, which Node does not know.
  globalThis.ImageData ??= class {
    readonly data: Uint8ClampedArray;
    readonly width: number;
    readonly height: number;
    constructor(data: Uint8ClampedArray, width: number, height: number) {
      [this.data, this.width, this.height] = [data, width, height];
    }
  } as unknown as typeof ImageData;
  await init(await WebAssembly.compile(new Uint8Array(await readFile(path))));
}

/** @throws when the file is damaged */
export async function decodeWebp(file: Uint8Array<ArrayBuffer>): Promise<Rgba> {
  await (ready ??= load());
  const { height, width, data } = await decode(file.slice().buffer);
  return { height, width, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}
