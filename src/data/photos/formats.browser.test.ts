/** Formats and orientations come out alike in Chromium and by the decoders that Node uses. */
import { expect, test } from 'vitest';
import { decodeBmp } from '../node/bmp.ts';
import { decodeGif } from '../node/gif.ts';
import type { Rgba } from '../node/rgba.ts';
import { bmp, gif, withPngOrientation } from '../testing/pictures.ts';
import type { Bytes } from '../types.ts';
import { createBrowserDecode } from './browserDecode.ts';
import { upright } from './orientation.ts';

const overWhite = ({ data }: Rgba): number[] =>
  Array.from({ length: (data.length / 4) * 3 }, (_, i) => {
    const at = Math.floor(i / 3) * 4;
    return data[at + 3] === 0 ? 255 : data[at + (i % 3)];
  });

test.each<[string, Bytes, (file: Uint8Array) => Rgba]>([
  ...([1, 4, 8, 16, 24, 32] as const).map(
    (bits) => [`a bitmap of ${bits} bits`, bmp(13, 11, bits), decodeBmp] as [string, Bytes, typeof decodeBmp],
  ),
  ['a bitmap from the top', bmp(13, 11, 24, true), decodeBmp],
  ['a GIF', gif(33, 21), decodeGif],
  ['an interlaced GIF', gif(33, 21, { interlaced: true }), decodeGif],
  ['a GIF with a clear colour', gif(33, 21, { transparent: 5 }), decodeGif],
])('%s', async (_, file, decode) => {
  const picture = await createBrowserDecode()(file, 'a.x');
  const own = decode(file);
  expect([picture.height, picture.width]).toEqual([own.height, own.width]);
  expect([...picture.pixels]).toEqual(overWhite(own));
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])('a PNG is turned as its EXIF says: %i', async (orientation) => {
  const canvas = new OffscreenCanvas(7, 4);
  const context = canvas.getContext('2d');
  const data = new ImageData(7, 4);
  for (let i = 0; i < 28; i++) data.data.set([i * 9, 255 - i, i, 255], i * 4);
  context?.putImageData(data, 0, 0);
  const png = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
  const decode = createBrowserDecode();
  const plain = await decode(png, 'a.png');
  expect(await decode(withPngOrientation(png, orientation), 'a.png')).toEqual(upright(plain, orientation));
});
