/** Hugging Face's image datasets: parquet files of encoded images and labels, read by ranges, one row group at a time. */
import { parquetSchema } from 'hyparquet';
import type { FileMetaData, SchemaTree } from 'hyparquet';
import { distinctNames, plainText } from '../../base/plainText.ts';
import { checkEntry, checkRatio } from '../archives/entries.ts';
import type { ByteSource } from '../import/byteSource.ts';
import type { Bytes } from '../types.ts';
import { readChunk } from './chunk.ts';
import { groupsOf, readFooter, type Group, type Wanted } from './footer.ts';
import { faultyPage } from './pages.ts';

/** Characters of a column's name in a sentence. */
const LONGEST_SHOWN = 60;

/** The most that one row group may hold, for it is in memory whole. */
const MAX_ROW_GROUP_BYTES = 256 * 1024 * 1024;

export type ParquetImage = { readonly path: string; readonly file: Bytes; readonly className: string };

type Columns = { readonly image: Wanted; readonly label: Wanted };
type Value = number | Uint8Array | null;

/** Each row has one, or none. */
const isSingle = ({ element }: SchemaTree): boolean => element.repetition_type !== 'REPEATED';

const isInteger = (column: SchemaTree): boolean =>
  isSingle(column) &&
  column.children.length === 0 &&
  (column.element.type === 'INT64' || column.element.type === 'INT32');

const bytesOf = (column: SchemaTree): SchemaTree | undefined =>
  column.children.find(
    (child) =>
      child.element.name === 'bytes' &&
      child.element.type === 'BYTE_ARRAY' &&
      child.children.length === 0 &&
      isSingle(column) &&
      isSingle(child),
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

const wanted = (...path: readonly SchemaTree[]): Wanted => ({
  name: plainText(path[0].element.name, LONGEST_SHOWN),
  path: path.map(({ element }) => element.name),
  type: path[path.length - 1].element.type as Wanted['type'],
  optional: path.filter(({ element }) => element.repetition_type !== 'REQUIRED').length,
});

function findColumns(metadata: FileMetaData, refuse: (what: string) => Error): Columns {
  const { children } = parquetSchema(metadata);
  const image = children.flatMap((column) => {
    const bytes = bytesOf(column);
    return bytes ? [wanted(column, bytes)] : [];
  });
  const label = children.filter(isInteger);
  const named = label.find(({ element }) => element.name === 'label') ?? (label.length === 1 ? label[0] : undefined);
  if (image.length !== 1) throw refuse('it needs one column of images, a struct with the field bytes');
  if (!named) throw refuse('it needs a column of whole numbers named label');
  return { image: image[0], label: wanted(named) };
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

/** The bytes of a row group's columns, fetched at once. */
async function fetched(
  source: ByteSource,
  { chunks }: Group,
  refuse: (what: string) => Error,
): Promise<readonly Uint8Array[]> {
  const first = Math.min(...chunks.map(({ start }) => start));
  const last = Math.max(...chunks.map(({ end }) => end));
  if (last - first > MAX_ROW_GROUP_BYTES) throw refuse('a row group that is more than is held at once');
  const held = await source.slice(first, last);
  return chunks.map(({ start, end }) => held.subarray(start - first, end - first));
}

function toImage(
  file: Value,
  label: Value,
  classes: readonly string[],
  at: string,
  refuse: (what: string) => Error,
): ParquetImage {
  const number = Number(label ?? NaN);
  if (!(file instanceof Uint8Array)) throw refuse(`${at} holds no image`);
  checkEntry(at, '', file.length);
  if (!Number.isInteger(number) || number < 0 || number >= classes.length)
    throw refuse(
      `the label of ${at} is ${Number.isNaN(number) ? 'no number' : number}, but there are ${classes.length} classes`,
    );
  return { path: at, file: file as Bytes, className: classes[number] };
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
  const metadata = await readFooter(source).catch(explain);
  const columns = columnsOf(metadata, refuse, explain);
  const classes = classNames(metadata, columns.label.path[0], refuse);
  const groups = groupsOf(metadata, [columns.image, columns.label], await source.size(), refuse);
  onClasses(classes);

  let [packed, unpacked] = [0, 0];
  const readGroup = async (group: Group, rowStart: number): Promise<ParquetImage[]> => {
    const held = await fetched(source, group, refuse);
    const room = { left: MAX_ROW_GROUP_BYTES };
    const [files, labels] = group.chunks.map((column, i) => {
      const fault = faultyPage(held[i], group.rows);
      if (fault) throw refuse(`its column ${column.name} has ${fault}`);
      return readChunk(held[i], column, room, refuse);
    });
    packed += held.reduce((sum, { length }) => sum + length, 0);
    unpacked += MAX_ROW_GROUP_BYTES - room.left;
    checkRatio(name, unpacked, packed);
    return files.map((file, i) => toImage(file, labels[i], classes, `${name}, row ${rowStart + i}`, refuse));
  };

  let rowStart = 0;
  for (const group of groups) {
    const { rows, bytes } = group;
    if (bytes > MAX_ROW_GROUP_BYTES) throw refuse(`a row group of ${bytes} bytes is more than is held at once`);
    const first = rowStart;
    let images: Promise<ParquetImage[]> | undefined;
    for (let row = 0; row < rows; row++)
      yield async () => {
        const image = (await (images ??= readGroup(group, first).catch(explain)))[row];
        // A copy: what is read is a view of the whole group.
        return { ...image, file: image.file.slice() };
      };
    rowStart += rows;
  }
}
