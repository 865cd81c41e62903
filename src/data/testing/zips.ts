/** Zips as other programs write them, byte by byte. */
import { joinBytes } from '../../base/bytes/joinBytes.ts';
import { deflateSync } from 'fflate';
import { crc32 } from '../archives/crc32.ts';
import type { Bytes } from '../types.ts';

export type ZipFile = {
  /** As bytes, or in UTF-8. */
  readonly name: string | Uint8Array;
  readonly content: Uint8Array;
};

export type ZipStyle = {
  /** 0 stored, 8 deflated; any other is only said. */
  readonly method?: number;
  /** General purpose flags: 1 encrypted, 8 sizes behind the file, 2048 UTF-8. */
  readonly flags?: number;
  /** Sizes and places in zip64 fields. */
  readonly zip64?: boolean;
  /** Put before the archive, as programs that unpack themselves have it. */
  readonly before?: Uint8Array;
};

const little = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) & 255);
const u16 = (value: number): number[] => little(value, 2);
const u32 = (value: number): number[] => little(value, 4);
const u64 = (value: number): number[] => little(value, 8);

export function zipOf(files: readonly ZipFile[], style: ZipStyle = {}): Bytes {
  const { method = 8, flags = 0, zip64 = false, before = new Uint8Array() } = style;
  const parts: (Uint8Array | number[])[] = [];
  const central: (Uint8Array | number[])[] = [];
  let at = 0;
  const add = (...more: (Uint8Array | number[])[]): void => {
    parts.push(...more);
    at += more.reduce((sum, part) => sum + part.length, 0);
  };
  for (const { name, content } of files) {
    const path = typeof name === 'string' ? new TextEncoder().encode(name) : name;
    const packed = method === 8 ? deflateSync(content) : content;
    const late = (flags & 8) !== 0;
    const sums = [...u32(crc32(content)), ...u32(packed.length), ...u32(content.length)];
    const start = at;
    add([0x50, 0x4b, 3, 4, 20, 0, ...u16(flags), ...u16(method), 0, 0, 0, 0]);
    add(late ? Array<number>(12).fill(0) : sums, u16(path.length), u16(0), path, packed);
    if (late) add([0x50, 0x4b, 7, 8], sums);
    const extra = zip64 ? [...u16(1), ...u16(24), ...u64(content.length), ...u64(packed.length), ...u64(start)] : [];
    const none = 0xffffffff;
    central.push(
      [0x50, 0x4b, 1, 2, 20, 0, 20, 0, ...u16(flags), ...u16(method), 0, 0, 0, 0],
      zip64 ? [...u32(crc32(content)), ...u32(none), ...u32(none)] : sums,
      [...u16(path.length), ...u16(extra.length), ...Array<number>(10).fill(0), ...u32(zip64 ? none : start)],
      path,
      extra,
    );
  }
  const start = at;
  for (const part of central) add(part);
  const size = at - start;
  if (zip64) {
    const end = before.length + at;
    add([0x50, 0x4b, 6, 6, ...u64(44), 45, 0, 45, 0, ...u32(0), ...u32(0)]);
    add(u64(files.length), u64(files.length), u64(size), u64(start));
    add([0x50, 0x4b, 6, 7, ...u32(0), ...u64(end), ...u32(1)]);
  }
  const count = u16(zip64 ? 0xffff : files.length);
  add([0x50, 0x4b, 5, 6, 0, 0, 0, 0, ...count, ...count], u32(zip64 ? 0xffffffff : size));
  add(u32(zip64 ? 0xffffffff : start), [0, 0]);
  return joinBytes([before, ...parts]);
}
