/** A parquet file taken apart, so that a test may write what no writer does. */
import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';
import { ByteWriter } from 'hyparquet-writer';
import { serializeTCompactProtocol } from 'hyparquet-writer/src/thrift.js';

/** A struct of Thrift: `field_1` and so on, as parquet.thrift numbers them. */
export type Fields = ReturnType<typeof deserializeTCompactProtocol>;
export type Parts = { readonly pages: Uint8Array; readonly footer: Fields };

export function partsOf(bytes: Uint8Array): Parts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = bytes.length - 8 - view.getUint32(bytes.length - 8, true);
  return { pages: bytes.slice(0, start), footer: deserializeTCompactProtocol({ view, offset: start }) };
}

export function thriftOf(fields: Fields): Uint8Array {
  const writer = new ByteWriter();
  serializeTCompactProtocol(writer, fields);
  return writer.getBytes();
}

export function fileOf(pages: Uint8Array, footer: Uint8Array): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(pages.length + footer.length + 8);
  file.set(pages, 0);
  file.set(footer, pages.length);
  new DataView(file.buffer).setUint32(file.length - 8, footer.length, true);
  file.set(new TextEncoder().encode('PAR1'), file.length - 4);
  return file;
}

export const joinedParts = ({ pages, footer }: Parts): Uint8Array<ArrayBuffer> => fileOf(pages, thriftOf(footer));
