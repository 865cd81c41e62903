/** Files of images that mean harm. */
import { joinBytes } from '../../src/base/bytes/joinBytes.ts';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { imageParquet } from '../../e2e/parquet.ts';
import { crc32 } from '../../src/data/archives/crc32.ts';
import { bmp } from '../../src/data/testing/pictures.ts';
import { fileOf, joinedParts, partsOf, thriftOf, type Fields } from '../../src/data/testing/parquets.ts';
import { zipOf } from '../../src/data/testing/zips.ts';

type Listed = readonly (readonly [name: string, bytes: () => Uint8Array])[];

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const picture = (shade: number): Uint8Array => bmp(32, 32, 24).fill(shade, 54);

/** The same files of a set, each time that a reader needs any. */
const files = (content: (i: number) => Uint8Array, count = 6) =>
  ['train/cat', 'train/dog', 'val/cat', 'val/dog'].flatMap((folder, f) =>
    Array.from({ length: count }, (_, i) => ({ name: `set/${folder}/${i}.bmp`, content: content(f * count + i) })),
  );

/** A zip whose directory is changed, 46 bytes and the name for each entry. */
function withDirectory(zip: Uint8Array, edit: (view: DataView, entry: number) => void): Uint8Array {
  const copy = zip.slice();
  const view = new DataView(copy.buffer);
  let at = view.getUint32(copy.length - 6, true);
  for (let entry = 0; view.getUint32(at, true) === 0x02014b50; entry++) {
    edit(new DataView(copy.buffer, at, 46), entry);
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return copy;
}

/** Entries of a tar with what a header says of their size, and what follows. */
function tarOf(
  entries: readonly {
    readonly name: string;
    readonly size: Uint8Array;
    readonly type?: string;
    readonly link?: string;
    readonly body?: Uint8Array;
  }[],
): Uint8Array {
  const blocks = entries.flatMap(({ name, size, type = '0', link = '', body = new Uint8Array() }) => {
    const head = new Uint8Array(512);
    head.set(bytesOf(name), 0);
    head.set(bytesOf('0000644\u00000000000\u00000000000\u0000'), 100);
    head.set(size, 124);
    head.set(bytesOf('00000000000\u0000        '), 136);
    head.set(bytesOf(type), 156);
    head.set(bytesOf(link), 157);
    head.set(bytesOf('ustar\u000000'), 257);
    const sum = head.reduce((total, byte) => total + byte, 0);
    head.set(bytesOf(`${sum.toString(8).padStart(6, '0')}\u0000 `), 148);
    return [head, body, new Uint8Array((512 - (body.length % 512)) % 512)];
  });
  return joinBytes([...blocks, new Uint8Array(1024)]);
}

const octal = (size: number): Uint8Array => bytesOf(`${size.toString(8).padStart(11, '0')}\u0000`);
/** Of twelve bytes, the first of which says that it is no text. */
const base256 = (...bytes: readonly number[]): Uint8Array =>
  Uint8Array.from([...bytes, ...Array<number>(12).fill(255)].slice(0, 12));

const pax = (text: string) => ({ name: 'pax', type: 'x', size: octal(text.length), body: bytesOf(text) });
const good = { name: 'set/train/cat/1.bmp', size: octal(picture(1).length), body: picture(1) };

const CONTENT = Array.from({ length: 12 }, (_, i) => ({ path: `${i}.bmp`, file: picture(i), label: i % 2 }));
type Column = Fields & { field_3: Fields };
type Footer = Fields & { field_2: Fields[]; field_4: (Fields & { field_1: Column[] })[] };

function parquet(edit: (footer: Footer) => void): Uint8Array {
  const parts = partsOf(imageParquet(CONTENT, ['cat', 'dog']));
  edit(parts.footer as Footer);
  return joinedParts(parts);
}

/** A parquet file of which one column is a single page that this says. */
function parquetOfPage(header: Fields, page: Uint8Array, codec: number, values: number): Uint8Array {
  const { pages, footer } = partsOf(imageParquet(CONTENT, ['cat', 'dog']));
  const head = thriftOf(header);
  const [group] = (footer as Footer).field_4;
  group.field_3 = BigInt(values);
  for (const { field_3: meta } of group.field_1) meta.field_5 = BigInt(values);
  const [image] = group.field_1;
  Object.assign(image.field_3, {
    field_4: codec,
    field_7: BigInt(head.length + page.length),
    field_9: BigInt(pages.length),
    field_11: undefined,
  });
  return fileOf(joinBytes([pages, head, page]), thriftOf(footer));
}

/** A page of version 1 of so many values, plain. */
const firstPage = (values: number, size: number, packed: number): Fields =>
  ({
    field_1: 0,
    field_2: size,
    field_3: packed,
    field_5: { field_1: values, field_2: 0, field_3: 3, field_4: 3 },
  }) as Fields;

/** A PNG whose header says this size; of rows as many as there are zeros. */
function png(width: number, height: number, zeros: number): Uint8Array {
  const chunk = (type: string, body: Uint8Array): Uint8Array => {
    const named = joinBytes([bytesOf(type), body]);
    const view = new DataView(new ArrayBuffer(8));
    view.setUint32(0, body.length);
    view.setUint32(4, crc32(named as Uint8Array<ArrayBuffer>));
    return joinBytes([new Uint8Array(view.buffer, 0, 4), named, new Uint8Array(view.buffer, 4, 4)]);
  };
  const head = new DataView(new ArrayBuffer(13));
  head.setUint32(0, width);
  head.setUint32(4, height);
  head.setUint8(8, 8);
  head.setUint8(9, 2);
  return joinBytes([
    Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10),
    chunk('IHDR', new Uint8Array(head.buffer)),
    chunk('IDAT', new Uint8Array(deflateSync(new Uint8Array(zeros)))),
    chunk('IEND', new Uint8Array()),
  ]);
}

const inZip = (content: Uint8Array): Uint8Array =>
  zipOf(
    files(() => content, 2).map(({ name, content: bytes }) => ({ name: name.replace('.bmp', '.png'), content: bytes })),
  );

export const SETS: Listed = [
  ['overlapping.zip', () => withDirectory(zipOf(files(picture)), (entry) => entry.setUint32(42, 0, true))],
  ['beyond.zip', () => withDirectory(zipOf(files(picture)), (entry) => entry.setUint32(42, 0x7fffffff, true))],
  ['sizes.zip', () => withDirectory(zipOf(files(picture)), (entry) => entry.setUint32(24, 0xfffffff0, true))],
  ['packed-sizes.zip', () => withDirectory(zipOf(files(picture)), (entry) => entry.setUint32(20, 0xfffffff0, true))],
  ['outside.zip', () => zipOf(files(picture).map(({ name, content }) => ({ name: `../../${name}`, content })))],
  [
    'entries.zip',
    () =>
      zipOf(
        Array.from({ length: 60_000 }, (_, i) => ({ name: `set/${i}/`, content: new Uint8Array() })),
        { method: 0 },
      ),
  ],
  ['bomb.zip', () => zipOf(files(() => new Uint8Array(30_000_000), 1))],
  [
    'nested.tar.gz',
    () => Array.from({ length: 12 }).reduce<Uint8Array>((inner) => new Uint8Array(gzipSync(inner)), tarOf([good])),
  ],
  ['bomb.tar.gz', () => new Uint8Array(gzipSync(new Uint8Array(300_000_000)))],
  ['negative.tar', () => tarOf([{ ...good, size: base256(0xff) }, good])],
  ['huge.tar', () => tarOf([{ ...good, size: base256(0x80, 0x7f) }, good])],
  ['minus.tar', () => tarOf([{ ...good, size: bytesOf('-0000000512\u0000') }, good])],
  ['no-size.tar', () => tarOf([{ ...good, size: bytesOf('zzzzzzzzzzz\u0000') }, good])],
  ['pax-size.tar', () => tarOf([pax('30 size=9223372036854775807000\n'), good])],
  ['pax-length.tar', () => tarOf([pax('99999999999999999999 path=x\n'), good])],
  ['pax-below.tar', () => tarOf([pax('-5 path=x\n'), good])],
  ['long-name.tar', () => tarOf([{ name: '././@LongLink', type: 'L', size: octal(8_000_000_000) }, good])],
  [
    'links.tar',
    () =>
      tarOf([
        { name: 'set/train/cat/1.bmp', type: '1', link: 'set/train/cat/2.bmp', size: octal(0) },
        { name: 'set/train/cat/2.bmp', type: '1', link: 'set/train/cat/1.bmp', size: octal(0) },
        { name: 'set/train/dog/1.bmp', type: '2', link: '/etc/passwd', size: octal(0) },
      ]),
  ],
  [
    'groups.parquet',
    () =>
      parquet(({ field_4: groups }) => {
        for (let i = 0; i < 5000; i++) groups.push({ ...groups[0] });
      }),
  ],
  ['rows.parquet', () => parquet(({ field_4: [group] }) => (group.field_3 = 2n ** 40n))],
  ['children.parquet', () => parquet(({ field_2: schema }) => (schema[1].field_5 = -2))],
  ['twice.parquet', () => parquet(({ field_4: [group] }) => group.field_1.push(group.field_1[0]))],
  [
    'thrift.parquet',
    () =>
      fileOf(
        bytesOf('PAR1'),
        Uint8Array.from([0x39, ...Array.from({ length: 12 }, () => [0xf9, 0xff, 0xff, 0x7f]).flat(), 0]),
      ),
  ],
  [
    'levels.parquet',
    () => parquetOfPage(firstPage(12, 10, 10), Uint8Array.of(6, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0x0f, 2), 0, 12),
  ],
  [
    'packed.parquet',
    () => {
      const bomb = new Uint8Array(gzipSync(new Uint8Array(200_000_000)));
      return parquetOfPage(firstPage(12, 200_000_000, bomb.length), bomb, 2, 12);
    },
  ],
  [
    'deflated.parquet',
    () => {
      const bomb = new Uint8Array(deflateRawSync(new Uint8Array(1000)));
      return parquetOfPage(firstPage(12, 2 ** 31 - 1, bomb.length), bomb, 2, 12);
    },
  ],
  ['huge-pictures.zip', () => inZip(png(50_000, 50_000, 100))],
  ['zero-pictures.zip', () => inZip(png(0, 0, 0))],
  ['wide-pictures.zip', () => inZip(png(40_000_000, 1, 1000))],
  ['cut-pictures.zip', () => inZip(png(6000, 6000, 1000))],
];

/** Harmless: names that turn the direction of reading, and two thousand folders in each other. */
export const oddNames = (): Uint8Array =>
  zipOf(
    files(picture).map(({ name, content }, i) => ({ name: `set/\u202e${'a/'.repeat(2000)}${i}/${name}`, content })),
  );
