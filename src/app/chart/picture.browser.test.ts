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

test('the legend is in it, in its colours', async () => {
  const style = document.head.appendChild(document.createElement('style'));
  style.className = 'test';
  style.textContent =
    ':root { --error: rgb(255, 0, 0) } body { background: rgb(255, 255, 255); color: rgb(0, 0, 0); font-size: 20px }';
  document.body.innerHTML = '<svg width="300" height="40"></svg>';
  const svg = document.querySelector('svg') as SVGSVGElement;
  const without = await createImageBitmap(await pngOf(svg, 'Red.', 'here'));
  const bitmap = await createImageBitmap(
    await pngOf(svg, 'Red.', 'here', [
      { text: 'what is lost', className: 'swatch hollow', colour: 'error' },
      { text: 'a key too long to stand beside the first one', glyph: '○' },
    ]),
  );
  expect(bitmap.height - without.height, 'two lines more').toBe(Math.floor(2 * 2 * 20 * 1.1));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  const isRed = (at: number): boolean => data[at] > 200 && data[at + 1] < 80 && data[at + 2] < 80;
  expect(Array.from({ length: data.length / 4 }, (_, i) => 4 * i).some(isRed)).toBe(true);
});
