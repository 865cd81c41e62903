/**
 * The values of one column in one row group. hyparquet's own reader makes as many as a run of a page says, which five bytes
 * can say to be two thousand million; this one makes as many as there are rows.
 */
import { alive } from '../../base/work/life.ts';
import { unpack } from './codecs.ts';
import { headerAt } from './pages.ts';
import { readRuns, tooShort } from './runs.ts';
import { plain, valuesOf, type Values, type ValueType } from './values.ts';

export type Column = {
  readonly name: string;
  readonly type: ValueType;
  readonly codec: string;
  /** How many of the column and what it lies in may be missing. */
  readonly optional: number;
};

/** What may still be unpacked, in bytes. */
export type Room = { left: number };

type Page = ReturnType<typeof headerAt>['header'];
type Content = { readonly levels: Uint32Array | null; readonly values: Uint8Array };

const widthOf = (most: number): number => 32 - Math.clz32(most);

/** A page whose levels are packed with its values, behind their length. */
function first(bytes: Uint8Array, { uncompressed_page_size: size }: Page, count: number, column: Column): Content {
  const page = unpack(bytes, size, column.codec);
  if (column.optional === 0) return { levels: null, values: page };
  if (page.length < 4) throw tooShort();
  const end = 4 + new DataView(page.buffer, page.byteOffset, 4).getUint32(0, true);
  if (end > page.length) throw tooShort();
  return { levels: readRuns(page.subarray(4, end), widthOf(column.optional), count), values: page.subarray(end) };
}

/** A page whose levels lie unpacked before its values. */
function second(bytes: Uint8Array, header: Page, count: number, { optional, codec }: Column): Content {
  const v2 = header.data_page_header_v2;
  if (!v2) throw tooShort();
  const start = v2.repetition_levels_byte_length;
  const end = start + v2.definition_levels_byte_length;
  const levels = optional === 0 ? null : readRuns(bytes.subarray(start, end), widthOf(optional), count);
  const values = bytes.subarray(end);
  if (v2.is_compressed === false) return { levels, values };
  return { levels, values: unpack(values, header.uncompressed_page_size - end, codec) };
}

/**
 * @param chunk its pages, of which `faultyPage` found none
 * @returns a value or null for each row
 * @throws what `refuse` makes where a page is of a kind that is not read; any other error where a page is damaged
 */
export function readChunk(
  chunk: Uint8Array,
  column: Column,
  room: Room,
  refuse: (what: string) => Error,
): (number | Uint8Array | null)[] {
  const result: (number | Uint8Array | null)[] = [];
  let dictionary: Values | null = null;
  for (let at = 0; at < chunk.length;) {
    alive();
    const { header, start } = headerAt(chunk, at);
    const { type, compressed_page_size: packed, uncompressed_page_size: size } = header;
    at = start + packed;
    room.left -= size;
    if (room.left < 0) throw refuse('a row group that unpacks to more than is held at once');
    const bytes = chunk.subarray(start, at);
    if (type === 'DICTIONARY_PAGE') {
      const count = header.dictionary_page_header?.num_values ?? 0;
      dictionary = plain(unpack(bytes, size, column.codec), column.type, count);
      continue;
    }
    const said = header.data_page_header ?? header.data_page_header_v2;
    if ((type !== 'DATA_PAGE' && type !== 'DATA_PAGE_V2') || !said) continue;
    const count = said.num_values;
    const { levels, values } = (type === 'DATA_PAGE' ? first : second)(bytes, header, count, column);
    const present = levels ? levels.reduce((sum, level) => sum + Number(level === column.optional), 0) : count;
    const read = valuesOf(values, column.type, said.encoding, present, dictionary, room.left);
    if (!read) throw refuse(`its column ${column.name} is written as ${said.encoding}, which is not read`);
    let next = 0;
    for (let i = 0; i < count; i++) result.push(!levels || levels[i] === column.optional ? read[next++] : null);
  }
  return result;
}
