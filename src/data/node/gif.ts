/** The first frame of a GIF (GIF89a, CompuServe 1990), as browsers show it. */
import { MAX_IMAGE_PIXELS } from '../formats/imageHeader.ts';
import type { Rgba } from './rgba.ts';

/** LZW of variable width (GIF89a, appendix F). */
function unpack(data: Uint8Array, minBits: number, length: number): Uint8Array {
  const clear = 1 << minBits;
  const end = clear + 1;
  const prefix = new Int16Array(4096);
  const suffix = new Uint8Array(4096);
  const lengths = new Uint16Array(4096);
  for (let code = 0; code < clear; code++) [suffix[code], lengths[code]] = [code, 1];
  const out = new Uint8Array(length);
  let [bits, next, previous, at, held, buffer] = [minBits + 1, end + 1, -1, 0, 0, 0];
  /** Writes a code's string backwards. @returns its first byte */
  const write = (code: number): number => {
    let place = at + lengths[code] - 1;
    at += lengths[code];
    let byte = 0;
    for (let part = code; place >= at - lengths[code]; part = prefix[part]) {
      byte = suffix[part];
      if (place < length) out[place] = byte;
      place--;
    }
    return byte;
  };
  const firstOf = (code: number): number => {
    let part = code;
    while (lengths[part] > 1) part = prefix[part];
    return suffix[part];
  };
  for (const byte of data) {
    buffer |= byte << held;
    held += 8;
    while (held >= bits) {
      const code = buffer & ((1 << bits) - 1);
      buffer >>>= bits;
      held -= bits;
      if (code === end || at >= length) return out;
      if (code === clear) {
        [bits, next, previous] = [minBits + 1, end + 1, -1];
        continue;
      }
      if (code > next || (code === next && previous < 0)) throw new Error('A code comes before it is made.');
      if (previous >= 0 && next < 4096) {
        prefix[next] = previous;
        suffix[next] = firstOf(code === next ? previous : code);
        lengths[next] = lengths[previous] + 1;
        next++;
        if (next === 1 << bits && bits < 12) bits++;
      }
      write(code);
      previous = code;
    }
  }
  return out;
}

/** Rows of an interlaced frame, in the order that they come. */
const interlaced = (height: number): number[] =>
  [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ].flatMap(([first, step]) => {
    const rows: number[] = [];
    for (let row = first; row < height; row += step) rows.push(row);
    return rows;
  });

/** The blocks from `at` on, end to end, and where they end. */
function blocks(file: Uint8Array, at: number): { readonly data: Uint8Array; readonly next: number } {
  const parts: number[] = [];
  let place = at;
  for (; file[place] > 0; place += 1 + file[place]) for (let i = 1; i <= file[place]; i++) parts.push(file[place + i]);
  return { data: Uint8Array.from(parts), next: place + 1 };
}

const tableSize = (packed: number): number => (packed & 0x80 ? 2 << (packed & 7) : 0);

/** @throws where the file ends too soon, or a colour is not there */
export function decodeGif(file: Uint8Array): Rgba {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
  const data = new Uint8Array(width * height * 4);
  let table = 13;
  let colours = tableSize(file[10]);
  let transparent = -1;
  let at = 13 + 3 * colours;
  while (file[at] === 0x21) {
    if (file[at + 1] === 0xf9 && file[at + 3] & 1) transparent = file[at + 6];
    at = blocks(file, at + 2).next;
  }
  if (file[at] !== 0x2c) throw new Error('There is no picture.');
  const [left, top, w, h] = [1, 3, 5, 7].map((field) => view.getUint16(at + field, true));
  const packed = file[at + 9];
  at += 10;
  if (tableSize(packed) > 0) [table, colours] = [at, tableSize(packed)];
  at += 3 * tableSize(packed);
  // A frame of 65,535 x 65,535 pixels in a picture of 4 x 4 would be gone through pixel by pixel.
  if (w * h > MAX_IMAGE_PIXELS || !(file[at] >= 1 && file[at] <= 11)) throw new Error('Its frame is none.');
  const indices = unpack(blocks(file, at + 1).data, file[at], w * h);
  const rows = packed & 0x40 ? interlaced(h) : Array.from({ length: h }, (_, row) => row);
  rows.forEach((row, from) => {
    for (let x = 0; x < w; x++) {
      const index = indices[from * w + x];
      if (index === transparent || top + row >= height || left + x >= width) continue;
      if (index >= colours) throw new Error('A colour is not in the table.');
      const to = ((top + row) * width + left + x) * 4;
      for (let channel = 0; channel < 3; channel++) data[to + channel] = file[table + index * 3 + channel];
      data[to + 3] = 255;
    }
  });
  return { height, width, data };
}
