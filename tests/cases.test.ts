/** The inputs of ../shared/cases through the twin's code, where that folder is: they are not part of the project. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DatasetDescription } from '../src/contract/calls/data.ts';
import { describeTwinDataset } from '../src/lab/hosts/datasetsNode.ts';

const CASES = join(import.meta.dirname, '..', '..', 'shared', 'cases');
const here = existsSync(CASES);
if (!here) console.log(`${CASES} is not here: its inputs are not read.`);

const read = (path: string): Promise<DatasetDescription> =>
  describeTwinDataset({ dataset: `folder:${join(CASES, path)}` });

const counts = ({ classes }: DatasetDescription): Record<string, string> =>
  Object.fromEntries(classes.map(({ name, train, test: held }) => [name, `${train}+${held}`]));

describe.skipIf(!here)('inputs of the kinds that people bring', () => {
  test.each<[string, Record<string, string>, Record<string, number>, RegExp]>([
    ['folders/subfolders', { cat: '8+2', dog: '8+2' }, {}, /drawn by lot/],
    [
      'folders/tiny-imagenet',
      { n01443537: '6+1', n01629819: '6+0', n01641577: '6+0' },
      { unlabelled: 5, 'not a picture': 1 },
      /n01629819, n01641577 have no test images/,
    ],
    ['folders/case-differs', { Cat: '6+3', Dog: '6+3' }, {}, /Cat is one class.*Dog is one class/],
    ['folders/unicode-forms', { Birnen: '6+3', '\u00c4pfel': '6+3' }, {}, /pfel is one class/],
    ['folders/class-missing-in-test', { a: '6+3', b: '6+0', c: '6+3' }, {}, /b has no test images/],
    ['folders/unlabelled-test', { cat: '6+2', dog: '6+2' }, { unlabelled: 5 }, /No class has labelled test images/],
    [
      'folders/doubled',
      { NORMAL: '8+6', PNEUMONIA: '8+6' },
      { copy: 28, 'system file': 28 },
      /chest\/chest holds once more/,
    ],
    ['folders/tutorial-gif', { ants: '7+6', bees: '6+6' }, {}, /^$/],
    ['folders/pets-webp', { Cat: '8+1', Dog: '7+1' }, {}, /drawn by lot/],
    ['folders/pets-cut', { Cat: '7+1', Dog: '7+1' }, { damaged: 1 }, /1 picture is left out: damaged or cut short/],
    ['archives/python.zip', { cat: '6+2', dog: '6+2' }, {}, /drawn by lot/],
    ['archives/powershell5-backslash.zip', { cat: '6+2', dog: '6+2' }, {}, /drawn by lot/],
    ['archives/finder-utf8-noflag.zip', { 'K\u00e4tzchen': '7+1', '\u72ac': '6+2' }, {}, /drawn by lot/],
    ['archives/dd-stored-signature-inside.zip', { cat: '6+2', dog: '6+2' }, {}, /drawn by lot/],
    ['archives/hardlinks.tar', { cat: '6+2', dog: '6+2', owl: '3+1' }, {}, /more than one class/],
  ])('%s', async (path, classes, leftOut, said) => {
    const found = await read(path);
    expect([counts(found), found.leftOut]).toEqual([classes, leftOut]);
    expect([...found.warnings, ...found.notes].join(' ')).toMatch(said);
  });

  test('archives/encrypted.zip', () => expect(read('archives/encrypted.zip')).rejects.toThrow('it has a password'));
});
