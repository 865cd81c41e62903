/** Pictures in formats that no encoder of ours writes, made byte by byte for tests. */
import { crc32 } from '../archives/crc32.ts';
import type { Bytes } from '../types.ts';
import { noise } from './noise.ts';

const u16 = (value: number): number[] => [value & 255, (value >> 8) & 255];
const u32 = (value: number): number[] => [...u16(value), ...u16(value >>> 16)];

/** A bitmap of noise; below 16 bits a pixel its colours are noise, too. */
export function bmp(height: number, width: number, bits: 1 | 4 | 8 | 16 | 24 | 32, topDown = false): Bytes {
  const colours = bits <= 8 ? noise(4 << bits, 7) : new Uint8Array();
  const row = Math.ceil((width * bits) / 32) * 4;
  const pixels = noise(row * height, 3);
  const start = 54 + colours.length;
  const header = [
    ...u16(1),
    ...u16(bits),
    ...u32(0),
    ...u32(pixels.length),
    ...u32(2835),
    ...u32(2835),
    ...u32(0),
    ...u32(0),
  ];
  return Uint8Array.from([
    ...[0x42, 0x4d, ...u32(start + pixels.length), ...u32(0), ...u32(start)],
    ...[...u32(40), ...u32(width), ...u32(topDown ? -height : height), ...header],
    ...colours,
    ...pixels,
  ]);
}

/** A GIF of noise in 128 colours whose codes all are of 8 bits: the table is cleared before it grows. */
export function gif(
  height: number,
  width: number,
  options: { interlaced?: boolean; transparent?: number } = {},
): Bytes {
  const { interlaced = false, transparent } = options;
  const data: number[] = [];
  noise(height * width, 5).forEach((value, i) => {
    if (i % 100 === 0) data.push(128);
    data.push(value & 127);
  });
  data.push(129);
  const blocks: number[] = [];
  for (let at = 0; at < data.length; at += 255) {
    const part = data.slice(at, at + 255);
    blocks.push(part.length, ...part);
  }
  return Uint8Array.from([
    ...[...'GIF89a'].map((letter) => letter.charCodeAt(0)),
    ...[...u16(width), ...u16(height), 0x80 | 6, 0, 0],
    ...noise(3 * 128, 9),
    ...(transparent === undefined ? [] : [0x21, 0xf9, 4, 1, 0, 0, transparent, 0]),
    ...[0x2c, 0, 0, 0, 0, ...u16(width), ...u16(height), interlaced ? 0x40 : 0],
    ...[7, ...blocks, 0, 0x3b],
  ]);
}

const big = (value: number): number[] => u32(value).reverse();

/** The PNG with an EXIF chunk that says how the camera was held. */
export function withPngOrientation(png: Bytes, orientation: number): Bytes {
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
  const chunk = Uint8Array.from([...'eXIf'].map((letter) => letter.charCodeAt(0)).concat(tiff));
  const headEnd = 8 + 25;
  return Uint8Array.from([
    ...png.subarray(0, headEnd),
    ...[...big(tiff.length), ...chunk, ...big(crc32(chunk))],
    ...png.subarray(headEnd),
  ]);
}
