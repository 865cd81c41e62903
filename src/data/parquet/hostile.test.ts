import { expect, test } from 'vitest';
import { imageParquet } from '../../../e2e/parquet.ts';
import { blobSource } from '../import/byteSource.ts';
import { noise } from '../testing/noise.ts';
import { fileOf, joinedParts, partsOf, thriftOf, type Fields, type Parts } from '../testing/parquets.ts';
import { parquetImages } from './images.ts';

const good = (count = 6): Uint8Array =>
  imageParquet(
    Array.from({ length: count }, (_, i) => ({ path: `${i}.png`, file: noise(40, i), label: i % 2 })),
    ['a', 'b'],
  );

/** The fields that the tests change, by their numbers in parquet.thrift. */
type Column = Fields & { field_3: Fields };
type Group = Fields & { field_1: Column[] };
type Footer = Fields & { field_2: Fields[]; field_4: Group[] };

function changed(edit: (footer: Footer, pages: Uint8Array) => void, count?: number): Uint8Array {
  const parts: Parts = partsOf(good(count));
  edit(parts.footer as Footer, parts.pages);
  return joinedParts(parts);
}

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

async function said(file: Uint8Array): Promise<string> {
  const source = blobSource(new Blob([file.slice()]), 'evil.parquet');
  try {
    for await (const load of parquetImages(source)) await load();
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
}

/** Sentences of ours, whichever of two it is. */
const REFUSED = /^evil\.parquet is (no image dataset in parquet: |damaged or cut short: it cannot be read as parquet)/;

test('what the tests change is read before', async () => {
  expect(await said(good())).toBe('accepted');
  expect(await said(changed(() => undefined))).toBe('accepted');
});

test.each<[string, (footer: Footer) => void, string]>([
  [
    'one column twice, of which the second is damaged where nobody looks',
    ({ field_4: [group] }) => group.field_1.push({ ...group.field_1[2] }),
    'a row group without just one column label',
  ],
  [
    'a column of another path',
    ({ field_4: [group] }) => (group.field_1[0].field_3.field_3 = [text('image'), text('other')]),
    'a row group without just one column image',
  ],
  ['no columns', ({ field_4: [group] }) => (group.field_1 = []), 'a row group without just one column'],
  [
    'rows without end',
    ({ field_4: [group] }) => (group.field_3 = 2n ** 62n),
    'a row group of 4611686018427388000 rows',
  ],
  ['fewer than no rows', ({ field_4: [group] }) => (group.field_3 = -1n), 'a row group of -1 rows'],
  ['more rows than values', ({ field_4: [group] }) => (group.field_3 = 7n), 'a row group of 7 rows has 6 values'],
  ['the same bytes in two groups', ({ field_4: groups }) => groups.push({ ...groups[0] }), 'lies outside of the file'],
  [
    'a column before the file',
    ({ field_4: [group] }) => Object.assign(group.field_1[2].field_3, { field_9: -5n, field_11: undefined }),
    'lies outside of the file or in another',
  ],
  [
    'a column that ends before it begins',
    ({ field_4: [group] }) => (group.field_1[2].field_3.field_7 = -9n),
    'lies outside of the file or in another',
  ],
  [
    'a column in another file',
    ({ field_4: [group] }) => (group.field_1[0] = { field_1: text('/etc/passwd'), ...group.field_1[0] }),
    'lies in another file or is encrypted',
  ],
  ['a packing that is not read', ({ field_4: [group] }) => (group.field_1[0].field_3.field_4 = 4), 'as BROTLI'],
  ['a schema of less than no children', ({ field_2: schema }) => (schema[1].field_5 = -1), 'cannot be read as parquet'],
  [
    'a schema of more than there is',
    ({ field_2: schema }) => (schema[0].field_5 = 2 ** 30),
    'cannot be read as parquet',
  ],
  [
    'a schema as deep as it is long',
    (footer) => {
      const [root] = footer.field_2;
      footer.field_2 = [...Array.from({ length: 20_000 }, () => ({ ...root, field_5: 1 })), ...footer.field_2];
    },
    'cannot be read as parquet',
  ],
  [
    'a column whose name does not end, and turns the direction of reading,',
    ({ field_2: schema, field_4: [group] }) => {
      schema[1].field_4 = text(`\u202e${'x'.repeat(5000)}`);
      group.field_1 = [];
    },
    `a row group without just one column ${'x'.repeat(59)}…`,
  ],
  ['images in a list', ({ field_2: schema }) => (schema[1].field_3 = 2), 'it needs one column of images'],
])('%s is refused', async (_, edit, sentence) => {
  const message = await said(changed(edit));
  expect(message).toMatch(REFUSED);
  expect(message).toContain(sentence);
});

test('a footer that makes lists as long as it says is refused before they are made', async () => {
  const { pages, footer } = partsOf(good());
  const whole = thriftOf(footer);
  // A field of a list of lists of lists, each said to have two hundred thousand lists.
  const long = [0x39, ...Array.from({ length: 12 }, () => [0xf9, 0x80, 0x80, 0x0d]).flat(), 0];
  expect(await said(fileOf(pages, Uint8Array.from([...long, ...whole])))).toMatch(/cannot be read as parquet/);
});

test('pages behind the last value are counted', async () => {
  const file = changed(({ field_4: [group] }) => {
    for (const column of group.field_1) column.field_3.field_5 = 3n;
    group.field_3 = 3n;
  });
  expect(await said(file)).toContain('its column image has a page of an impossible number of values');
});

test('one picture in many rows of a small file is no bomb, for what is unpacked is counted', async () => {
  const picture = noise(3000, 5);
  const rows = Array.from({ length: 5000 }, (_, i) => ({ path: 'x.png', file: picture, label: i % 2 }));
  expect(await said(imageParquet(rows, ['a', 'b']))).toBe('accepted');
});
