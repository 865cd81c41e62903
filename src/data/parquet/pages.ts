/**
 * Page headers of a column chunk, checked before a page is unpacked. Fields as https://github.com/apache/parquet-format
 * (parquet.thrift, PageHeader) has them.
 */
import { parquetHeader } from 'hyparquet/src/column.js';
import { structEnd } from './thrift.ts';

const isCount = (value: unknown, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;

type Header = ReturnType<typeof parquetHeader>;

/** What is wrong with one page, or null. `room` is what is left of the chunk behind the header. */
function fault(header: Header, room: number, values: number): string | null {
  const { type, compressed_page_size: size, data_page_header: v1, data_page_header_v2: v2 } = header;
  if (!isCount(size, room) || !isCount(header.uncompressed_page_size, Infinity)) return 'a page of an impossible size';
  if (type === 'DICTIONARY_PAGE')
    return isCount(header.dictionary_page_header?.num_values, values) ? null : 'a dictionary of an impossible length';
  if (type === 'DATA_PAGE') return isCount(v1?.num_values, values) ? null : 'a page of an impossible number of values';
  if (type !== 'DATA_PAGE_V2') return null;
  if (!isCount(v2?.num_values, values) || !isCount(v2?.num_nulls, v2?.num_values ?? 0))
    return 'a page of an impossible number of values';
  const { definition_levels_byte_length: definition, repetition_levels_byte_length: repetition } = v2 ?? {};
  const levels =
    isCount(definition, size) && isCount(repetition, size) ? Number(definition) + Number(repetition) : size + 1;
  return levels <= size ? null : 'a page that does not say where its values begin';
}

/** A page's header has a few dozen values; its statistics are bytes. */
const MOST_VALUES = 200;

/** @returns the header at `at`, and where its page begins @throws where the header is cut short, or none */
export function headerAt(chunk: Uint8Array, at: number): { readonly header: Header; readonly start: number } {
  structEnd(chunk, at, MOST_VALUES);
  const reader = { view: new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength), offset: at };
  const header = parquetHeader(reader);
  return { header, start: reader.offset };
}

/**
 * @param chunk the bytes of one column in one row group
 * @param values how many it says to hold
 * @returns what is wrong with it, or null
 * @throws where a header is cut short
 */
export function faultyPage(chunk: Uint8Array, values: number): string | null {
  let seen = 0;
  for (let at = 0; at < chunk.length;) {
    const { header, start } = headerAt(chunk, at);
    const found = fault(header, chunk.length - start, values - seen);
    if (found) return found;
    at = start + header.compressed_page_size;
    if (header.type !== 'DICTIONARY_PAGE')
      seen += header.data_page_header?.num_values ?? header.data_page_header_v2?.num_values ?? 0;
  }
  return seen === values ? null : `${seen} values, not ${values}`;
}
