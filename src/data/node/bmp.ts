/** Windows' bitmaps without packing: 1, 4, 8, 16, 24 and 32 bits a pixel (BITMAPINFOHEADER and its kin). */
import type { Rgba } from './rgba.ts';

/** Where a channel's bits are, and how many values it has. */
type Channel = { readonly shift: number; readonly most: number };

function channelOf(mask: number): Channel {
  if (mask === 0) return { shift: 0, most: 0 };
  const shift = 31 - Math.clz32(mask & -mask);
  return { shift, most: mask >>> shift };
}

const valueOf = (pixel: number, { shift, most }: Channel): number =>
  most === 0 ? 0 : Math.round((((pixel >>> shift) & most) * 255) / most);

/** @throws naming a packing that is not read */
export function decodeBmp(file: Uint8Array): Rgba {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerBytes = view.getUint32(14, true);
  const old = headerBytes === 12;
  const width = old ? view.getUint16(18, true) : view.getInt32(18, true);
  const signed = old ? view.getUint16(20, true) : view.getInt32(22, true);
  const height = Math.abs(signed);
  const bits = view.getUint16(old ? 24 : 28, true);
  const packing = old ? 0 : view.getUint32(30, true);
  if (![0, 3, 6].includes(packing) || ![1, 4, 8, 16, 24, 32].includes(bits))
    throw new Error(`A bitmap of ${bits} bits with packing ${packing} is not read in Node.`);
  const start = view.getUint32(10, true);
  const masked = packing !== 0;
  const standard = bits === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff];
  const channels = (masked ? [54, 58, 62].map((at) => view.getUint32(at, true)) : standard).map(channelOf);
  const alpha = channelOf(masked && headerBytes >= 56 ? view.getUint32(66, true) : 0);
  const colours = 14 + headerBytes;
  const step = old ? 3 : 4;
  const row = Math.ceil((width * bits) / 32) * 4;
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    const from = start + (signed < 0 ? y : height - 1 - y) * row;
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * 4;
      data[to + 3] = 255;
      if (bits <= 8) {
        const index = (file[from + ((x * bits) >> 3)] >> (8 - bits - ((x * bits) & 7))) & ((1 << bits) - 1);
        const colour = colours + index * step;
        for (let channel = 0; channel < 3; channel++) data[to + channel] = file[colour + 2 - channel];
        continue;
      }
      const at = from + (x * bits) / 8;
      const pixel =
        bits === 16
          ? view.getUint16(at, true)
          : file[at] | (file[at + 1] << 8) | (file[at + 2] << 16) | (bits === 32 ? file[at + 3] << 24 : 0);
      for (let channel = 0; channel < 3; channel++) data[to + channel] = valueOf(pixel, channels[channel]);
      if (alpha.most > 0) data[to + 3] = valueOf(pixel, alpha);
    }
  }
  return { height, width, data };
}
