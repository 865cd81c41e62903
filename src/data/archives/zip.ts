/** zip as entries, by its central directory: read by ranges, unpacked one file at a time. */
import { inflateSync } from 'fflate';
import type { ByteSource } from '../import/byteSource.ts';
import type { Bytes } from '../types.ts';
import { crc32 } from './crc32.ts';
import { checkEntry, checkRatio } from './entries.ts';
import type { Entry } from './entries.ts';
import { readZipDirectory } from './zipDirectory.ts';
import type { ReadRange, ZipMember } from './zipDirectory.ts';

/** Files follow each other: so much is read at once, and held. */
const WINDOW_BYTES = 4 * 1024 * 1024;

const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;

/** Deflate makes what it cannot shrink a little larger; what is much larger says a wrong size, to keep this busy. */
const MOST_GROWTH = 1.1;

const DEFLATED = 8;
const AES = 99;

/** Methods that programs use by choice or, with files of more than 2 GiB, Windows by itself. */
const METHODS: Readonly<Record<number, string>> = {
  1: 'Shrink',
  6: 'Implode',
  9: 'Deflate64',
  12: 'bzip2',
  14: 'LZMA',
  93: 'Zstandard',
  95: 'xz',
  98: 'PPMd',
};

/** Ranges out of a window that moves along the file. */
function windowed(size: number, read: ReadRange): ReadRange {
  let from = 0;
  let window: Bytes = new Uint8Array();
  return async (start, end) => {
    if (start < from || end > from + window.length) {
      window = await read(start, Math.min(size, Math.max(end, start + WINDOW_BYTES)));
      from = start;
    }
    return window.subarray(start - from, end - from) as Bytes;
  };
}

const damaged = (archive: string): Error =>
  new Error(`${archive} is damaged or cut short: it cannot be unpacked. Get the file again.`);

const locked = (archive: string): Error =>
  new Error(`${archive} cannot be opened: it has a password. Unpack it with the password and drop the folder.`);

/** What this reader does not unpack. @throws a sentence that names it */
function requireReadable(archive: string, { path, method, encrypted }: ZipMember): void {
  if (encrypted || method === AES) throw locked(archive);
  if (method === 0 || method === DEFLATED) return;
  throw new Error(
    `${archive} is packed with ${METHODS[method] ?? `method ${method}`} (${path.slice(0, 80)}), which is not unpacked here. Unpack it and drop the folder, or zip it anew.`,
  );
}

async function readMember(archive: string, size: number, read: ReadRange, member: ZipMember): Promise<Bytes> {
  const { offset, packedBytes, bytes, method, crc } = member;
  if (offset < 0 || offset + LOCAL_BYTES + packedBytes > size || packedBytes > MOST_GROWTH * bytes + WINDOW_BYTES)
    throw damaged(archive);
  const header = await read(offset, offset + LOCAL_BYTES);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (view.getUint32(0, true) !== LOCAL) throw damaged(archive);
  const [flags, said] = [view.getUint16(6, true), view.getUint32(22, true)];
  // A size of 0 with bit 3 says that it follows the file.
  if ((flags & 8) === 0 && said !== 0xffffffff && said !== bytes) throw damaged(archive);
  const start = offset + LOCAL_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
  if (start + packedBytes > size) throw damaged(archive);
  const packed = await read(start, start + packedBytes);
  const content = method === DEFLATED ? inflated(archive, packed, bytes) : (packed.slice() as Bytes);
  if (content.length !== bytes || crc32(content) !== crc) throw damaged(archive);
  return content;
}

/** Never more than `bytes`: what would be longer is cut, and its checksum is then wrong. */
function inflated(archive: string, packed: Bytes, bytes: number): Bytes {
  try {
    return inflateSync(packed, { out: new Uint8Array(bytes) }) as Bytes;
  } catch {
    throw damaged(archive);
  }
}

/**
 * The files of a zip, in the order of its directory.
 * @throws when it is cut short or damaged, has a password or a packing that is not read, a path leads out of it, or a
 *   file is absurdly large
 */
export async function zipEntries(source: Pick<ByteSource, 'name' | 'size' | 'slice'>): Promise<readonly Entry[]> {
  const { name: archive } = source;
  const size = await source.size();
  const partial = (): Error =>
    new Error(
      `${archive} is one part of an archive in several. Put the parts together, unpack them and drop the folder.`,
    );
  const members = await readZipDirectory(size, source.slice, { damaged: () => damaged(archive), partial }).catch(
    (error: unknown) => {
      throw error instanceof RangeError ? damaged(archive) : error;
    },
  );
  if (members.length === 0) throw new Error(`${archive} is an empty archive. Choose the one with the pictures.`);
  const files = members.filter(({ path }) => !path.endsWith('/'));
  for (const member of files) {
    checkEntry(archive, member.path, member.bytes);
    requireReadable(archive, member);
  }
  checkRatio(
    archive,
    files.reduce((sum, { bytes }) => sum + bytes, 0),
    size,
  );
  const read = windowed(size, source.slice);
  return files.map((member) => ({
    path: member.path,
    size: member.bytes,
    likeness: `${member.crc}`,
    read: () => readMember(archive, size, read, member),
  }));
}
