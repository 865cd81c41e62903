/** A chart as a picture, in a real browser: the stylesheet's colours must be in it. */
import { afterEach, expect, test } from 'vitest';
import { pngOf } from './picture.ts';

afterEach(() => {
  document.body.replaceChildren();
  document.head.querySelector('style.test')?.remove();
});

test('the picture has what stylesheets paint, the finding above and twice the size', async () => {
  const style = document.head.appendChild(document.createElement('style'));
  style.className = 'test';
  style.textContent =
    '.quantized { fill: rgb(0, 0, 255) } body { background: rgb(255, 255, 255); color: rgb(0, 0, 0); font-size: 20px }';
  document.body.innerHTML = '<svg width="100" height="40"><rect class="quantized" width="100" height="40" /></svg>';
  const png = await pngOf(document.querySelector('svg') as SVGSVGElement, 'Blue.', 'measured here');
  expect(png.type).toBe('image/png');

  const bitmap = await createImageBitmap(png);
  expect(bitmap.width).toBe(2 * (100 + 2 * 20));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.drawImage(bitmap, 0, 0);
  const top = 2 * (20 + 20 * 1.35);
  expect([...context.getImageData(140, top + 40, 1, 1).data]).toEqual([0, 0, 255, 255]);
  expect([...context.getImageData(2, 2, 1, 1).data]).toEqual([255, 255, 255, 255]);
  const heading = context.getImageData(40, 40, 200, top - 40).data;
  expect(
    heading.some((value, i) => i % 4 === 0 && value < 100),
    'the finding is written',
  ).toBe(true);
});
