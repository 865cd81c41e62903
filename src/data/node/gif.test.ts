import { expect, test } from 'vitest';
import { gif } from '../testing/pictures.ts';
import { decodeGif } from './gif.ts';

test('a frame of four thousand million pixels in a picture of sixteen is refused at once', () => {
  const file = gif(4, 4);
  const at = file.findIndex((byte, i) => byte === 0x2c && i >= 13 + 3 * 128);
  file.fill(0xff, at + 5, at + 9);
  expect(() => decodeGif(file)).toThrow('Its frame is none.');
});
