/** The footer of a parquet file: what it holds, checked as far as that can be known without its pages. */
import { parquetMetadata } from 'hyparquet';
import type { FileMetaData, RowGroup, SchemaElement } from 'hyparquet';
import { plainText } from '../../base/plainText.ts';
import type { ByteSource } from '../import/byteSource.ts';
import { isRead } from './codecs.ts';
import type { Column } from './chunk.ts';
import { structEnd } from './thrift.ts';

/** Of the file's end: the length of the footer, and PAR1. */
const END_BYTES = 8;
const MOST_FOOTER_BYTES = 64 * 1024 * 1024;
/** Values of a footer; a set of ten thousand row groups has half a million. */
const MOST_VALUES = 2 ** 21;
/** Elements of a schema: each is looked for among all. */
const MOST_ELEMENTS = 1000;
/** Writers put a million rows into a group at most. */
const MOST_GROUP_ROWS = 2 ** 20;
/** No set of images has as many in one file; the whole of ImageNet-21k has 14 million. */
const MOST_ROWS = 2 ** 24;

/** @throws where the file has no footer that can be read */
export async function readFooter(source: ByteSource): Promise<FileMetaData> {
  const size = await source.size();
  const damaged = (): Error => new Error('The footer is none.');
  if (size < END_BYTES) throw damaged();
  const end = await source.slice(size - END_BYTES, size);
  const bytes = new DataView(end.buffer, end.byteOffset, end.byteLength).getUint32(0, true);
  if (bytes > MOST_FOOTER_BYTES || bytes > size - END_BYTES) throw damaged();
  const footer = await source.slice(size - END_BYTES - bytes, size);
  structEnd(footer, 0, MOST_VALUES);
  // The library's search for maps in it does not end where a schema has less than no children.
  const metadata = parquetMetadata(footer, { geoparquet: false });
  const { schema, row_groups: groups } = metadata;
  const areLists = [schema, groups, ...groups.map(({ columns }) => columns)].every(Array.isArray);
  if (!areLists || schema.length > MOST_ELEMENTS || !schema.every(isElement)) throw damaged();
  return metadata;
}

const isElement = ({ name, num_children: children }: SchemaElement): boolean =>
  typeof name === 'string' && (children === undefined || (Number.isInteger(children) && children >= 0));

export type Chunk = Column & { readonly start: number; readonly end: number };
export type Group = { readonly rows: number; readonly bytes: number; readonly chunks: readonly Chunk[] };
export type Wanted = Omit<Column, 'codec'> & { readonly path: readonly string[] };

/** What a footer says where a number or a name belongs; it may hold anything there. */
const said = (value: unknown): string =>
  ['bigint', 'number', 'string'].includes(typeof value) ? plainText(String(value), 30) : 'unknown';

function chunkOf({ columns, num_rows: rows }: RowGroup, wanted: Wanted, refuse: (what: string) => Error): Chunk {
  const { name, type, optional, path } = wanted;
  const isThis = (at: readonly string[] | undefined): boolean =>
    at?.length === path.length && path.every((part, i) => part === at[i]);
  const found = columns.filter(({ meta_data: meta }) => isThis(meta?.path_in_schema));
  const [column] = found;
  const meta = column?.meta_data;
  if (found.length !== 1 || !meta || meta.type !== type) throw refuse(`a row group without just one column ${name}`);
  if (column.file_path || column.crypto_metadata)
    throw refuse(`its column ${name} lies in another file or is encrypted`);
  if (!isRead(meta.codec)) throw refuse(`its column ${name} is packed as ${said(meta.codec)}, which is not read`);
  if (meta.num_values !== rows)
    throw refuse(`a row group of ${said(rows)} rows has ${said(meta.num_values)} values of ${name}`);
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const end = start + Number(meta.total_compressed_size);
  return { name, type, optional, codec: meta.codec, start, end };
}

/**
 * The row groups with the columns that are wanted, each whole, inside of the file, and of no other's bytes.
 * @throws what `refuse` makes where one is not
 */
export function groupsOf(
  { row_groups }: FileMetaData,
  wanted: readonly Wanted[],
  size: number,
  refuse: (what: string) => Error,
): readonly Group[] {
  const groups = row_groups.map((group) => {
    const rows = Number(group.num_rows);
    if (!(rows >= 0 && rows <= MOST_GROUP_ROWS)) throw refuse(`a row group of ${rows} rows`);
    const bytes = Math.max(Number(group.total_byte_size), Number(group.total_compressed_size ?? 0));
    return { rows, bytes, chunks: wanted.map((each) => chunkOf(group, each, refuse)) };
  });
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  if (rows > MOST_ROWS) throw refuse(`${rows} rows`);
  const chunks = groups.flatMap((group) => group.chunks).sort((a, b) => a.start - b.start);
  let free = 4;
  for (const { start, end, name } of chunks) {
    if (!(start >= free && end >= start && end <= size))
      throw refuse(`its column ${name} lies outside of the file or in another`);
    free = end;
  }
  return groups;
}
