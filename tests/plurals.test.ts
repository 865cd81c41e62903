/** "1 pictures" is said nowhere: a sentence that counts takes its noun from src/base/text/plural.ts, or counts what is never one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SOURCE = join(import.meta.dirname, '..', 'src');

/** Rooms whose sentences a person reads in the ordinary course; the readers of files refuse by their own counts. */
const ROOMS = ['app', 'lab', 'data/import', 'data/layout', 'data/photos'];

/** A number put into a sentence, and a noun in the plural after it. */
const COUNTED =
  /\$\{[^{}]+\} (?:(?!the |with |no )[a-z]+ )?(?:images|pictures|photos|files|folders|layers|channels|threads|cells|epochs|steps|answers|results|others|copies|classes|seconds|minutes|values|weights)\b/g;

/** A plural made by hand. */
const BY_HAND = /=== 1 \? (?:''|'s'|'(\w+)' : '\1s?')/g;

/** What is never one, and why. */
const NEVER_ONE: Readonly<Record<string, string>> = {
  'app/offline/store.ts: ${LIST} answers': 'no noun',
  'app/words/agreement.ts: ${what} answers': 'no noun',
  'app/words/agreement.ts: ${enough} images': 'a limit of several',
  'app/words/damage.ts: ${enough} images': 'a limit of several',
  'app/offline/store.ts: ${file.path} answers': 'no noun',
  'app/words/look.ts: ${values} values': 'two bits make four',
  'app/words/snap.ts: ${values} values': 'two bits make four',
  'lab/data/quantizedFile.ts: ${width} images': 'the width of an image',
  'lab/data/weightFiles.ts: ${from.files.length} files': 'another sentence where there is one',
  'lab/rpc/client.ts: ${seconds} seconds': 'a limit of many seconds',
  'lab/rpc/datasetsClient.ts: ${seconds} seconds': 'a limit of many seconds',
  "data/import/expected.ts: ${split === 'test' ? 'test' : 'training'} images": 'no number',
  'data/layout/summary.ts: ${what} images': 'no number',
  "data/layout/summary.ts: ${only === 'train' ? 'labelled test' : 'training'} images": 'no number',
};

const sources = ROOMS.flatMap((room) =>
  readdirSync(join(SOURCE, room), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.|testing\//.test(path))
    .map((path) => join(room, path)),
);

test('every noun that is counted can be one', () => {
  expect(sources.length).toBeGreaterThan(100);
  const found = sources.flatMap((path) => {
    const text = readFileSync(join(SOURCE, path), 'utf8');
    return [COUNTED, BY_HAND].flatMap((pattern) => [...text.matchAll(pattern)].map(([said]) => `${path}: ${said}`));
  });
  expect(found.filter((one) => !(one in NEVER_ONE))).toEqual([]);
  expect(Object.keys(NEVER_ONE).filter((one) => !found.includes(one))).toEqual([]);
});
