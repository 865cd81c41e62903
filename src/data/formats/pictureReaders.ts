/** For each format of pictures, where its size stands and where it ends. */
import { crc32 } from '../archives/crc32.ts';
import type { PictureFormat } from '../import/recognise.ts';
import type { Bytes } from '../types.ts';

export type PictureSize = {
  readonly height: number;
  readonly width: number;
  /** The file goes on to where its picture ends. */
  readonly whole: boolean;
};

type Reader = (view: DataView, file: Bytes) => PictureSize | null;

/** JPEG's start-of-frame markers: all of c0 .. cf but the tables c4 and cc, and c8 (ITU T.81, table B.1). */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/** Where the next marker stands, past coded data: in it a byte ff is followed by 00 or by a restart. */
function nextMarker(file: Bytes, from: number): number {
  for (let at = file.indexOf(0xff, from); at >= 0; at = file.indexOf(0xff, at + 1)) {
    const next = file[at + 1];
    if (next !== undefined && next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return file.length;
}

/** The smallest a JPEG can be: each square of 8 x 8 pixels takes a bit at least. A decoder fills in what a smaller one lacks. */
const hasSquares = ({ height, width }: { height: number; width: number }, file: Bytes): boolean =>
  Math.ceil(height / 8) * Math.ceil(width / 8) <= 8 * file.length;

const jpeg: Reader = (view, file) => {
  let size: { height: number; width: number } | null = null;
  for (let at = 2; at + 4 <= file.length;) {
    if (file[at] !== 0xff) return size && { ...size, whole: false };
    const marker = file[at + 1];
    if (marker === 0xff) at++;
    else if (isFrame(marker) && at + 9 <= file.length && !size) {
      size = { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
      at += 2 + view.getUint16(at + 2);
    } else if (marker === START_OF_SCAN) at = nextMarker(file, at + 2 + view.getUint16(at + 2));
    else at += 2 + view.getUint16(at + 2);
    if (file[at] === 0xff && file[at + 1] === END_OF_IMAGE) return size && { ...size, whole: hasSquares(size, file) };
  }
  return size && { ...size, whole: false };
};

const CRITICAL = ['IHDR', 'PLTE', 'IDAT', 'IEND'];

const nameAt = (file: Bytes, at: number): string => String.fromCharCode(...file.subarray(at, at + 4));

/** Samples of a pixel by the colour type. */
const PNG_SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Deflate makes at most 1032 bytes of one. */
const MOST_GROWTH = 1040;

/** The bytes that a PNG's pixels take when they are unpacked, without those that say how each row is filtered. */
const pixelBytes = (view: DataView): number =>
  (view.getUint32(16) * view.getUint32(20) * view.getUint8(24) * (PNG_SAMPLES[view.getUint8(25)] ?? 1)) / 8;

/**
 * A PNG is whole where its end has come, the checksum of each critical chunk is right, and its pixels can be in it: a
 * decoder makes room for all that it says to have.
 */
function isWholePng(view: DataView, file: Bytes): boolean {
  let data = 0;
  for (let at = 8; at + 12 <= file.length;) {
    const [length, name] = [view.getUint32(at), nameAt(file, at + 4)];
    const end = at + 8 + length;
    if (end + 4 > file.length) return false;
    if (CRITICAL.includes(name) && crc32(file.subarray(at + 4, end)) !== view.getUint32(end)) return false;
    if (name === 'IDAT') data += length;
    if (name === 'IEND') return pixelBytes(view) <= MOST_GROWTH * data;
    at = end + 4;
  }
  return false;
}

const png: Reader = (view, file) =>
  file.length >= 26 ? { height: view.getUint32(20), width: view.getUint32(16), whole: isWholePng(view, file) } : null;

/** Past a GIF's blocks of data, each with its length before it; -1 where the file ends first. */
function pastBlocks(file: Bytes, from: number): number {
  let at = from;
  while (at < file.length && file[at] !== 0) at += 1 + file[at];
  return at < file.length ? at + 1 : -1;
}

const tableBytes = (packed: number): number => (packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0);

/** Whether the first frame of a GIF has come whole. */
function hasFirstFrame(file: Bytes): boolean {
  let at = 13 + tableBytes(file[10]);
  while (at >= 0 && at < file.length) {
    if (file[at] === 0x2c) return pastBlocks(file, at + 11 + tableBytes(file[at + 9])) >= 0;
    if (file[at] !== 0x21) return false;
    at = pastBlocks(file, at + 2);
  }
  return false;
}

const gif: Reader = (view, file) =>
  file.length >= 13
    ? { width: view.getUint16(6, true), height: view.getUint16(8, true), whole: hasFirstFrame(file) }
    : null;

const bmp: Reader = (view, file) => {
  if (file.length < 30) return null;
  const old = view.getUint32(14, true) === 12;
  const width = old ? view.getUint16(18, true) : Math.abs(view.getInt32(18, true));
  const height = old ? view.getUint16(20, true) : Math.abs(view.getInt32(22, true));
  const bits = view.getUint16(old ? 24 : 28, true);
  const packed = !old && [1, 2].includes(file.length >= 34 ? view.getUint32(30, true) : 0);
  const row = Math.ceil((width * bits) / 32) * 4;
  const end = view.getUint32(10, true) + (packed ? 1 : row * height);
  return { width, height, whole: end <= file.length };
};

const webp: Reader = (view, file) => {
  if (file.length < 30) return null;
  const whole = view.getUint32(4, true) + 8 <= file.length;
  const bits = (at: number): number => view.getUint16(at, true) & 0x3fff;
  const u24 = (at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  switch (nameAt(file, 12)) {
    case 'VP8 ':
      return { width: bits(26), height: bits(28), whole };
    case 'VP8L': {
      const packed = view.getUint32(21, true);
      return { width: (packed & 0x3fff) + 1, height: ((packed >>> 14) & 0x3fff) + 1, whole };
    }
    case 'VP8X':
      return { width: u24(24) + 1, height: u24(27) + 1, whole };
    default:
      return null;
  }
};

/** The boxes of an AVIF up to its end (ISO/IEC 14496-12, 4.2). */
function isWholeAvif(view: DataView, file: Bytes): boolean {
  let at = 0;
  while (at + 8 <= file.length) {
    const size = view.getUint32(at);
    if (size === 0) return true;
    if (size === 1 && at + 16 > file.length) return false;
    const length = size === 1 ? Number(view.getBigUint64(at + 8)) : size;
    // Shorter than its own head, it would be gone over for ever.
    if (length < (size === 1 ? 16 : 8)) return false;
    at += length;
  }
  return at === file.length;
}

/** As many bytes as an AVIF's description may take. */
const AVIF_HEAD = 65536;

/** The largest of the sizes that the properties name (ispe): thumbnails have some, too. */
const avif: Reader = (view, file) => {
  let best: { height: number; width: number } | null = null;
  const most = Math.min(file.length, AVIF_HEAD) - 16;
  for (let at = file.indexOf(0x69); at >= 0 && at < most; at = file.indexOf(0x69, at + 1)) {
    if (nameAt(file, at) !== 'ispe') continue;
    const size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    if (!best || size.width * size.height > best.width * best.height) best = size;
  }
  return best && { ...best, whole: isWholeAvif(view, file) };
};

export const PICTURE_READERS: Readonly<Record<PictureFormat, Reader>> = { jpeg, png, gif, bmp, webp, avif };
