/** Image datasets in parquet, laid out as Hugging Face's: a struct of bytes and path, a label, the classes' names beside the schema. */
import { parquetWriteBuffer } from 'hyparquet-writer';

export type Row = { readonly path: string; readonly file: Uint8Array; readonly label: number };

/** Rows of a group, as Hugging Face's datasets library writes images. */
const GROUP_ROWS = 100;

export function imageParquet(rows: readonly Row[], classes: readonly string[]): Uint8Array {
  const features = { image: { _type: 'Image' }, label: { names: classes, _type: 'ClassLabel' } };
  return new Uint8Array(
    parquetWriteBuffer({
      schema: [
        { name: 'root', num_children: 2 },
        { name: 'image', repetition_type: 'OPTIONAL', num_children: 2 },
        { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
        { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
        { name: 'label', type: 'INT64', repetition_type: 'OPTIONAL' },
      ],
      columnData: [
        { name: 'image', data: rows.map(({ path, file }) => ({ bytes: file, path })) },
        { name: 'label', data: rows.map(({ label }) => BigInt(label)) },
      ],
      rowGroupSize: GROUP_ROWS,
      statistics: false,
      kvMetadata: [{ key: 'huggingface', value: JSON.stringify({ info: { features } }) }],
    }),
  );
}
