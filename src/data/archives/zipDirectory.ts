/** A zip's central directory: what is in it, and where (PKWARE's APPNOTE 6.3.10, zip64 among it). */
import type { Bytes } from '../types.ts';
import { zipName } from './zipNames.ts';

export type ZipMember = {
  /** With slashes. */
  readonly path: string;
  /** 0 stored, 8 deflated; others are named in methodName. */
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Of its local header, from the start of the file. */
  readonly offset: number;
};

/** Bytes start .. end - 1 of the archive. */
export type ReadRange = (start: number, end: number) => Promise<Bytes>;

const END = 0x06054b50;
const END_BYTES = 22;
const END64_LOCATOR = 0x07064b50;
const END64 = 0x06064b50;
const CENTRAL = 0x02014b50;
const CENTRAL_BYTES = 46;
const MOST_COMMENT = 65535;

/** No archive of images has so large a directory: a million files take some 100 MB. */
const MOST_DIRECTORY_BYTES = 512 * 1024 * 1024;

const viewOf = (bytes: Bytes): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

type End = { readonly at: number; readonly count: number; readonly size: number; readonly offset: number };

/** The last record that is followed by just the comment it speaks of. */
function findEnd(tail: Bytes, tailStart: number, partial: () => Error): End | null {
  const view = viewOf(tail);
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END || at + END_BYTES + view.getUint16(at + 20, true) > tail.length) continue;
    const [disk, count] = [view.getUint16(at + 4, true), view.getUint16(at + 10, true)];
    if (disk !== 0 && disk !== 0xffff) throw partial();
    return { at: tailStart + at, count, size: view.getUint32(at + 12, true), offset: view.getUint32(at + 16, true) };
  }
  return null;
}

/** The same of an archive of more than 4 GiB or 65,535 files; `end` where it is neither. */
async function zip64End(end: End, read: ReadRange): Promise<End> {
  if (end.at < 20) return end;
  const locator = viewOf(await read(end.at - 20, end.at));
  if (locator.getUint32(0, true) !== END64_LOCATOR) return end;
  const at = Number(locator.getBigUint64(8, true));
  const view = viewOf(await read(at, at + 56));
  if (view.getUint32(0, true) !== END64) return end;
  const field = (place: number): number => Number(view.getBigUint64(place, true));
  return { at, count: field(32), size: field(40), offset: field(48) };
}

/** Sizes and offset from the zip64 field, for those that did not fit into 32 bits; a name in Unicode from its own. */
function readExtra(
  extra: Bytes,
  wanted: readonly number[],
): { readonly values: number[]; readonly name: Bytes | null } {
  const view = viewOf(extra);
  let values = [...wanted];
  let name: Bytes | null = null;
  for (let at = 0; at + 4 <= extra.length;) {
    const [id, size] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    const [start, end] = [at + 4, Math.min(extra.length, at + 4 + size)];
    if (id === 1) {
      let place = start;
      values = values.map((value) => {
        if (value !== 0xffffffff || place + 8 > end) return value;
        place += 8;
        return Number(view.getBigUint64(place - 8, true));
      });
    }
    if (id === 0x7075 && end - start > 5) name = extra.subarray(start + 5, end) as Bytes;
    at = end;
  }
  return { values, name };
}

/** @throws with the sentence of `damaged` or `partial`, or what `read` throws */
export async function readZipDirectory(
  size: number,
  read: ReadRange,
  refusals: { readonly damaged: () => Error; readonly partial: () => Error },
): Promise<readonly ZipMember[]> {
  const tailStart = Math.max(0, size - END_BYTES - MOST_COMMENT);
  const short = findEnd(await read(tailStart, size), tailStart, refusals.partial);
  if (!short) throw refusals.damaged();
  const end = await zip64End(short, read);
  if (end.size > MOST_DIRECTORY_BYTES || end.size > end.at) throw refusals.damaged();
  const start = end.at - end.size;
  // What stands before the archive (a program that unpacks it) moves every offset.
  const moved = start - end.offset;
  const directory = await read(start, end.at);
  const view = viewOf(directory);
  const members: ZipMember[] = [];
  for (let at = 0; at + CENTRAL_BYTES <= directory.length;) {
    if (view.getUint32(at, true) !== CENTRAL) throw refusals.damaged();
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const nameAt = at + CENTRAL_BYTES;
    const next = nameAt + nameBytes + extraBytes + commentBytes;
    if (next > directory.length) throw refusals.damaged();
    const extra = readExtra(directory.subarray(nameAt + nameBytes, nameAt + nameBytes + extraBytes) as Bytes, [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ]);
    const [bytes, packedBytes, offset] = extra.values;
    const flags = view.getUint16(at + 8, true);
    const utf8 = (flags & 0x800) !== 0;
    const raw = directory.subarray(nameAt, nameAt + nameBytes);
    members.push({
      path: (extra.name && !utf8 ? zipName(extra.name, true) : zipName(raw, utf8)).replaceAll('\\', '/'),
      method: view.getUint16(at + 10, true),
      encrypted: (flags & 1) !== 0,
      crc: view.getUint32(at + 16, true),
      packedBytes,
      bytes,
      offset: offset + moved,
    });
    at = next;
  }
  if (members.length !== end.count && members.length % 65536 !== end.count) throw refusals.damaged();
  return members;
}
