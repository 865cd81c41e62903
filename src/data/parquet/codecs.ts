/** How pages are packed. Brotli is not among them: the library's lets a page grow to whatever the page itself says. */
import { compressors, decompressZstd } from 'hyparquet-compressors';

type Unpack = (packed: Uint8Array, size: number) => Uint8Array;

const CODECS: ReadonlyMap<string, Unpack> = new Map<string, Unpack>([
  ['UNCOMPRESSED', (packed) => packed],
  ...(['SNAPPY', 'GZIP', 'LZ4', 'LZ4_RAW'] as const).flatMap((codec): [string, Unpack][] => {
    const unpack = compressors[codec];
    return unpack ? [[codec, unpack]] : [];
  }),
  // Without a place to write to it makes as much as the frame says.
  ['ZSTD', (packed, size) => decompressZstd(packed, new Uint8Array(size))],
]);

export const isRead = (codec: string): boolean => CODECS.has(codec);

/** @throws where the page does not unpack to just `size` bytes */
export function unpack(packed: Uint8Array, size: number, codec: string): Uint8Array {
  const page = size === 0 ? new Uint8Array() : CODECS.get(codec)?.(packed, size);
  if (page?.length !== size) throw new Error('A page does not unpack to the size it says.');
  return page;
}
