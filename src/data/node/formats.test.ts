import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { upright } from '../photos/orientation.ts';
import { noisePicture } from '../testing/noise.ts';
import { bmp, gif, withPngOrientation } from '../testing/pictures.ts';
import { nodeDecode } from './decode.ts';

test.each([1, 2, 3, 4, 5, 6, 7, 8])('a PNG is turned as its EXIF says: %i', async (orientation) => {
  const picture = noisePicture(4, 7, 3);
  const image = new PNG({ height: 4, width: 7 });
  for (let i = 0; i < 28; i++) image.data.set([...picture.pixels.subarray(i * 3, i * 3 + 3), 255], i * 4);
  const png = withPngOrientation(new Uint8Array(PNG.sync.write(image)), orientation);
  expect(await nodeDecode(png, 'a.png')).toEqual(upright(picture, orientation));
});

test('bitmaps and GIFs are decoded, cut ones are said to be damaged, AVIF to be the page’s', async () => {
  for (const file of [bmp(9, 5, 24), gif(9, 5)]) {
    const { height, width, pixels } = await nodeDecode(file, 'a.x');
    expect([height, width, pixels.length]).toEqual([9, 5, 135]);
  }
  const avif = new TextEncoder().encode(
    '\0\0\0\x18ftypavif\0\0\0\0avifmif1....ispe\0\0\0\0\0\0\0\x09\0\0\0\x05........',
  );
  await expect(nodeDecode(avif, 'a.avif')).rejects.toThrow('a.avif is AVIF, which only the page decodes');
});
