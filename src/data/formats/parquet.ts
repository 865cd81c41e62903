/** Hugging Face's image datasets: parquet files of encoded images and labels, read by ranges, one row group at a time. */
import { alive } from '../../base/work/life.ts';
import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import type { AsyncBuffer, FileMetaData, RowGroup, SchemaTree } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { distinctNames } from '../../base/plainText.ts';
import type { Bytes } from '../types.ts';
import type { ByteSource } from '../import/byteSource.ts';
import { checkEntry } from '../archives/entries.ts';
import { faultyPage } from './parquetPages.ts';

/** The most that one row group may hold, for it is in memory whole. */
const MAX_ROW_GROUP_BYTES = 256 * 1024 * 1024;

export type ParquetImage = { readonly path: string; readonly file: Bytes; readonly className: string };

type Columns = { readonly image: string; readonly label: string };

const isInteger = ({ element }: SchemaTree): boolean => element.type === 'INT64' || element.type === 'INT32';

const isImage = ({ children }: SchemaTree): boolean =>
  children.some(
    ({ element, children: below }) => element.name === 'bytes' && element.type === 'BYTE_ARRAY' && below.length === 0,
  );

/** The library's own errors on a tree of columns that is none are explained. */
function columnsOf(
  metadata: FileMetaData,
  refuse: (what: string) => Error,
  explain: (cause: unknown) => never,
): Columns {
  try {
    return findColumns(metadata, refuse);
  } catch (cause) {
    return explain(cause);
  }
}

function findColumns(metadata: FileMetaData, refuse: (what: string) => Error): Columns {
  const { children } = parquetSchema(metadata);
  const image = children.filter(isImage);
  const label = children.filter((column) => isInteger(column) && column.element.repetition_type !== 'REPEATED');
  const named = label.find(({ element }) => element.name === 'label') ?? (label.length === 1 ? label[0] : undefined);
  if (image.length !== 1) throw refuse('it needs one column of images, a struct with the field bytes');
  if (!named) throw refuse('it needs a column of whole numbers named label');
  return { image: image[0].element.name, label: named.element.name };
}

const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((name) => typeof name === 'string');

/** The names of the labels, as the datasets library writes them beside the schema. */
function classNames(metadata: FileMetaData, label: string, refuse: (what: string) => Error): readonly string[] {
  let found: readonly string[] | undefined;
  const text = metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value;
  try {
    const info = JSON.parse(text ?? '') as { info?: { features?: Record<string, { names?: unknown }> } };
    const names = info.info?.features?.[label]?.names;
    if (isStrings(names) && names.length > 0) found = names;
  } catch {
    // Said below: no JSON is as bad as no names.
  }
  if (found) return distinctNames(found, refuse);
  throw refuse('it does not say what its labels mean (no class names in its metadata)');
}

const toBuffer = (source: ByteSource, byteLength: number): AsyncBuffer => ({
  byteLength,
  slice: async (start, end = byteLength) => {
    const bytes = await source.slice(start, Math.min(end, byteLength));
    return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
  },
});

type Chunk = { readonly name: string; readonly start: number; readonly end: number; readonly values: number };

/** Where the columns of one row group lie in the file. */
function chunksOf({ columns }: RowGroup, wanted: readonly string[]): readonly Chunk[] {
  return columns.flatMap(({ meta_data: meta }) => {
    if (!meta || !wanted.includes(meta.path_in_schema[0])) return [];
    const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
    const end = start + Number(meta.total_compressed_size);
    return [{ name: meta.path_in_schema.join('.'), start, end, values: Number(meta.num_values) }];
  });
}

/** The file with a row group's columns in memory, each of their pages checked. */
async function checkedGroup(
  file: AsyncBuffer,
  chunks: readonly Chunk[],
  refuse: (what: string) => Error,
): Promise<AsyncBuffer> {
  const first = Math.min(...chunks.map(({ start }) => start));
  const last = Math.max(...chunks.map(({ end }) => end));
  if (!(first >= 0 && last <= file.byteLength && last - first <= MAX_ROW_GROUP_BYTES))
    throw refuse('a row group that lies outside of the file, or is more than is held at once');
  const held = new Uint8Array(await file.slice(first, last));
  for (const { name, start, end, values } of chunks) {
    const fault = faultyPage(held.subarray(start - first, end - first), values);
    if (fault) throw refuse(`its column ${name} has ${fault}`);
  }
  return {
    byteLength: file.byteLength,
    slice: (start, end = file.byteLength) =>
      start >= first && end <= last ? held.buffer.slice(start - first, end - first) : file.slice(start, end),
  };
}

function toImage(
  row: Record<string, unknown>,
  { image, label }: Columns,
  classes: readonly string[],
  at: string,
  refuse: (what: string) => Error,
): ParquetImage {
  const picture = row[image] as { bytes?: unknown; path?: unknown } | null;
  const file = picture?.bytes;
  const number = Number(row[label] ?? NaN);
  if (!(file instanceof Uint8Array)) throw refuse(`${at} holds no image`);
  checkEntry(at, '', file.length);
  if (!Number.isInteger(number) || number < 0 || number >= classes.length)
    throw refuse(
      `the label of ${at} is ${Number.isNaN(number) ? 'no number' : number}, but there are ${classes.length} classes`,
    );
  return { path: at, file: file.slice(), className: classes[number] };
}

/**
 * The rows of a parquet file in order. A row group is fetched when the first of its rows is, so the first images need
 * not wait for the whole file, and rows that nobody loads cost nothing.
 * @param onClasses told the names of the classes, in the order of their numbers
 * @throws when the file is damaged, or its columns are not those of an image dataset
 */
export async function* parquetImages(
  source: ByteSource,
  onClasses: (names: readonly string[]) => void = () => undefined,
): AsyncGenerator<() => Promise<ParquetImage>> {
  const { name } = source;
  const refuse = (what: string): Error =>
    new Error(
      `${name} is no image dataset in parquet: ${what}. It was refused. Write it with Hugging Face's datasets library, with a column Image and a column ClassLabel, or bring the pictures in folders.`,
    );
  const explain = (cause: unknown): never => {
    if (
      cause instanceof Error &&
      (cause.message.includes(name) || cause.name === 'AbortError' || cause.name === 'NetworkError')
    )
      throw cause;
    throw new Error(`${name} is damaged or cut short: it cannot be read as parquet. Get the file again.`, { cause });
  };
  const file = toBuffer(source, await source.size());
  const metadata = await parquetMetadataAsync(file).catch(explain);
  const columns = columnsOf(metadata, refuse, explain);
  const classes = classNames(metadata, columns.label, refuse);
  onClasses(classes);

  const readGroup = async (group: RowGroup, rowStart: number, rows: number): Promise<ParquetImage[]> => {
    const chunks = chunksOf(group, [columns.image, columns.label]);
    const options = {
      file: await checkedGroup(file, chunks, refuse).catch(explain),
      metadata,
      compressors,
      utf8: false,
      rowStart,
      rowEnd: rowStart + rows,
      columns: [columns.image, columns.label],
    };
    alive();
    const read = await parquetReadObjects(options).catch(explain);
    if (read.length !== rows) throw refuse(`a row group says ${rows} rows and holds ${read.length}`);
    return read.map((row, i) => toImage(row, columns, classes, `${name}, row ${rowStart + i}`, refuse));
  };

  let rowStart = 0;
  for (const rowGroup of metadata.row_groups) {
    const { num_rows, total_byte_size, total_compressed_size } = rowGroup;
    const rows = Number(num_rows);
    const bytes = Math.max(Number(total_byte_size), Number(total_compressed_size ?? 0));
    if (bytes > MAX_ROW_GROUP_BYTES) throw refuse(`a row group of ${bytes} bytes is more than is held at once`);
    const first = rowStart;
    let group: Promise<ParquetImage[]> | undefined;
    for (let row = 0; row < rows; row++) yield async () => (await (group ??= readGroup(rowGroup, first, rows)))[row];
    rowStart += rows;
  }
}
