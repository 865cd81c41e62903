import { gzipSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { imageParquet } from '../../../e2e/parquet.ts';
import { blobSource } from '../import/byteSource.ts';
import { noise } from '../testing/noise.ts';
import { parquetImages } from './images.ts';

type Row = { readonly bytes: Uint8Array; readonly label: number };

const rows = (count: number, size: number): Row[] =>
  Array.from({ length: count }, (_, i) => ({ bytes: noise(size + (i % 7), 1 + (i % 11)), label: (i * i) % 3 }));

async function read(file: Uint8Array): Promise<Row[]> {
  const names: string[] = [];
  const source = blobSource(new Blob([file.slice()]), 'set.parquet');
  const images: Row[] = [];
  for await (const load of parquetImages(source, (classes) => void names.push(...classes))) {
    const { file: bytes, className } = await load();
    images.push({ bytes, label: names.indexOf(className) });
  }
  return images;
}

type Encoding = 'PLAIN' | 'RLE_DICTIONARY' | 'DELTA_BINARY_PACKED' | 'DELTA_BYTE_ARRAY' | 'DELTA_LENGTH_BYTE_ARRAY';

function written(
  list: readonly Row[],
  encoding: { image?: Encoding; label?: Encoding | 'BYTE_STREAM_SPLIT' } = {},
  packing: object = {},
): Uint8Array {
  const features = { image: { _type: 'Image' }, label: { names: ['a', 'b', 'c'], _type: 'ClassLabel' } };
  return new Uint8Array(
    parquetWriteBuffer({
      schema: [
        { name: 'root', num_children: 2 },
        { name: 'image', repetition_type: 'OPTIONAL', num_children: 1 },
        { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
        { name: 'label', type: 'INT32', repetition_type: 'REQUIRED' },
      ],
      columnData: [
        { name: 'image', data: list.map(({ bytes }) => ({ bytes })), encoding: encoding.image },
        { name: 'label', data: list.map(({ label }) => label), encoding: encoding.label },
      ],
      rowGroupSize: 150,
      pageSize: 2000,
      kvMetadata: [{ key: 'huggingface', value: JSON.stringify({ info: { features } }) }],
      ...packing,
    }),
  );
}

describe('the images of a parquet file', () => {
  const list = rows(400, 60);

  test.each([
    ['plain', {}, {}],
    ['by a dictionary', { image: 'RLE_DICTIONARY', label: 'RLE_DICTIONARY' }, {}],
    ['as differences', { image: 'DELTA_LENGTH_BYTE_ARRAY', label: 'DELTA_BINARY_PACKED' }, {}],
    ['with beginnings shared', { image: 'DELTA_BYTE_ARRAY', label: 'BYTE_STREAM_SPLIT' }, {}],
    ['not packed', {}, { codec: 'UNCOMPRESSED' }],
    ['in gzip', {}, { codec: 'GZIP', compressors: { GZIP: (page: Uint8Array) => new Uint8Array(gzipSync(page)) } }],
  ] as const)('are read as written: %s', async (_, encoding, packing) => {
    const file = written(list, encoding, packing);
    const expected = await parquetReadObjects({ file: file.slice().buffer, compressors, utf8: false });
    expect(expected.length).toBe(400);
    expect(await read(file)).toEqual(
      expected.map(({ image, label }) => ({
        bytes: (image as { bytes: Uint8Array }).bytes.slice(),
        label: label as number,
      })),
    );
    expect(await read(file)).toEqual(list);
  });

  test('of Hugging Face, in groups of a hundred', async () => {
    const file = imageParquet(
      list.map(({ bytes, label }) => ({ path: 'x.png', file: bytes, label })),
      ['a', 'b', 'c'],
    );
    expect(await read(file)).toEqual(list);
  });
});
