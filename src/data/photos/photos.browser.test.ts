import { expect, test } from 'vitest';
import { EXPECTED_HASHES, photoHashes } from '../testing/photoHashes.ts';
import { createBrowserDecode } from './browserDecode.ts';

test('batches of the same pictures are those of Node to the last bit', async () => {
  expect(await photoHashes()).toEqual(EXPECTED_HASHES);
});

/** A PNG as the browser's own encoder makes it. */
async function png(
  height: number,
  width: number,
  rgba: (pixel: number) => readonly number[],
): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = new OffscreenCanvas(width, height);
  const data = new ImageData(width, height);
  for (let pixel = 0; pixel < height * width; pixel++) data.data.set(rgba(pixel), pixel * 4);
  canvas.getContext('2d')?.putImageData(data, 0, 0);
  return new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
}

test("a PNG's pixels come out as they went in, also after a larger picture", async () => {
  const decode = createBrowserDecode();
  await decode(await png(50, 70, () => [1, 2, 3, 255]), 'large.png');
  const picture = await decode(await png(9, 7, (pixel) => [pixel, pixel * 3, 255 - pixel, 255]), 'small.png');
  expect([picture.height, picture.width]).toEqual([9, 7]);
  expect([...picture.pixels]).toEqual(Array.from({ length: 63 }, (_, pixel) => [pixel, pixel * 3, 255 - pixel]).flat());
});

test('what is clear is white', async () => {
  const picture = await createBrowserDecode()(await png(2, 2, () => [9, 9, 9, 0]), 'clear.png');
  expect([...picture.pixels]).toEqual(Array(12).fill(255));
});

test('a damaged image is named', async () => {
  await expect(createBrowserDecode()(new Uint8Array([0xff, 0xd8, 0xff, 0, 1, 2]), 'a/1.jpg')).rejects.toThrow(
    'a/1.jpg is damaged: it cannot be decoded',
  );
});
