/** The first photos of an Imagenette archive, read no further than they need. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import * as jpeg from 'jpeg-js';
import { gunzipped, tarEntries } from '../../../src/data/archives/tar.ts';
import { centreView } from '../../../src/data/photos/crop.ts';
import type { Bytes } from '../../../src/data/types.ts';

/** @returns pixels [count, side, side, 3]. @throws Error where the archive has fewer */
export async function firstPhotos(archive: string, count: number, side: number): Promise<Uint8Array> {
  const file = createReadStream(archive);
  const stream = Readable.toWeb(file) as ReadableStream<Bytes>;
  const size = side * side * 3;
  const pixels = new Uint8Array(count * size);
  let found = 0;
  try {
    for await (const { path, read } of tarEntries(gunzipped(stream, basename(archive)), basename(archive))) {
      if (!/\.jpe?g$/i.test(path)) continue;
      const { width, height, data } = jpeg.decode(await read(), { useTArray: true, formatAsRGBA: false });
      pixels.set(centreView({ width, height, pixels: new Uint8Array(data) }, side).pixels, found * size);
      if (++found === count) return pixels;
    }
  } finally {
    file.destroy();
  }
  throw new Error(`${basename(archive)} holds ${found} photos, not ${count}.`);
}
