import { describe, expect, test } from 'vitest';
import { blobSource } from '../import/byteSource.ts';
import { noise } from '../testing/noise.ts';
import { zipOf } from '../testing/zips.ts';
import type { ZipFile, ZipStyle } from '../testing/zips.ts';
import type { Bytes } from '../types.ts';
import { crc32 } from './crc32.ts';
import { zipEntries } from './zip.ts';

const entriesOf = (zip: Bytes) => zipEntries(blobSource(new Blob([zip]), 'school.zip'));

const pathsOf = async (files: readonly ZipFile[], style?: ZipStyle): Promise<string[]> =>
  (await entriesOf(zipOf(files, style))).map(({ path }) => path);

const FILES: readonly ZipFile[] = Array.from({ length: 20 }, (_, i) => ({
  name: `cat/${i}.jpg`,
  content: noise(3000 + i, i),
}));

test('a checksum is that of the standard', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});

/** A stored file that holds what looks like other parts of a zip. */
const tricky = new Uint8Array([...noise(50, 1), 0x50, 0x4b, 3, 4, ...noise(9, 2), 0x50, 0x4b, 7, 8, ...noise(40, 3)]);

test.each<[string, ZipStyle]>([
  ['deflated', {}],
  ['stored', { method: 0 }],
  ['with sizes behind the files', { flags: 8 }],
  ['stored, with sizes behind the files and signatures inside them', { flags: 8, method: 0 }],
  ['zip64', { zip64: true }],
  ['behind a program', { before: noise(5000, 9) }],
])('every file of a zip comes whole: %s', async (_, style) => {
  const files = [...FILES, { name: 'dog/x.jpg', content: tricky }];
  const entries = await entriesOf(zipOf(files, style));
  expect(entries.map(({ path }) => path)).toEqual(files.map(({ name }) => name));
  for (const [i, { read }] of entries.entries()) expect(await read()).toEqual(files[i].content);
});

describe('names are', () => {
  const content = noise(10, 1);
  test('UTF-8, flagged or not', async () => {
    const files = [{ name: 'K\u00e4tzchen/\u72ac.jpg', content }];
    expect(await pathsOf(files)).toEqual(['K\u00e4tzchen/\u72ac.jpg']);
    expect(await pathsOf(files, { flags: 2048 })).toEqual(['K\u00e4tzchen/\u72ac.jpg']);
  });
  test('else of code page 437', async () => {
    const name = Uint8Array.from([0x4b, 0x84, 0x2f, 0x81, 0xe1, 0x2e, 0x6a, 0x70, 0x67]);
    expect(await pathsOf([{ name, content }])).toEqual(['K\u00e4/\u00fc\u00df.jpg']);
  });
  test('with slashes, where Windows has backslashes', async () => {
    expect(await pathsOf([{ name: 'pets\\cat\\1.jpg', content }])).toEqual(['pets/cat/1.jpg']);
  });
});

describe('is refused, saying what to do', () => {
  test.each<[string, ZipStyle, string]>([
    ['a password', { flags: 1 }, 'school.zip cannot be opened: it has a password. Unpack it with the password'],
    ['a password of WinZip', { method: 99 }, 'it has a password'],
    [
      'Deflate64',
      { method: 9 },
      'school.zip is packed with Deflate64 (cat/0.jpg), which is not unpacked here. Unpack it',
    ],
    ['LZMA', { method: 14 }, 'is packed with LZMA'],
    ['a method without a name', { method: 77 }, 'is packed with method 77'],
  ])('%s', (_, style, message) => expect(entriesOf(zipOf(FILES, style))).rejects.toThrow(message));

  test('a zip that is cut short anywhere', async () => {
    const whole = zipOf(FILES);
    for (const length of [4, 100, 30_000, whole.length - 30, whole.length - 1])
      await expect(entriesOf(whole.slice(0, length))).rejects.toThrow('school.zip is damaged or cut short');
  });

  test('a byte that has changed, in the file that it is in', async () => {
    const whole = zipOf(FILES, { method: 0 });
    whole[1000] ^= 4;
    const [first, second] = await entriesOf(whole);
    await expect(first.read()).rejects.toThrow('school.zip is damaged');
    expect(await second.read()).toEqual(FILES[1].content);
  });

  test('one part of several', async () => {
    const whole = zipOf(FILES);
    whole[whole.length - 22 + 4] = 3;
    await expect(entriesOf(whole)).rejects.toThrow('school.zip is one part of an archive in several');
  });

  test('an empty one', () => expect(entriesOf(zipOf([]))).rejects.toThrow('school.zip is an empty archive'));
});

test('the same bytes have the same likeness, others hardly ever', async () => {
  const entries = await entriesOf(zipOf([...FILES, { name: 'copy.jpg', content: FILES[3].content }]));
  expect(entries[20].likeness).toBe(entries[3].likeness);
  expect(new Set(entries.map(({ likeness }) => likeness)).size).toBe(20);
});
