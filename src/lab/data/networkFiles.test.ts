/** Which files among those that were brought are a network. */
import { describe, expect, test } from 'vitest';
import { resnet20 } from '../../graph/networks/resnet.ts';
import { seededFloatModel } from '../../onnx/testing/seededModel.ts';
import { torchExport } from '../../onnx/testing/torchExport.ts';
import { twoFiles } from '../../onnx/testing/twoFiles.ts';
import type { DroppedFile } from '../../contract/calls/data.ts';
import { networkFiles } from './networkFiles.ts';

const MODEL = seededFloatModel(resnet20(3));
const whole = torchExport(MODEL);

const [onnx, data] = twoFiles(MODEL, 'net.onnx.data');
const file = (path: string, content: Uint8Array<ArrayBuffer> = new Uint8Array(9)): DroppedFile => ({
  path,
  file: new File([content], path.split('/').at(-1) ?? path),
});
async function found(...files: DroppedFile[]) {
  const network = await networkFiles(files);
  return network && [network.file.name, [...network.data].map(([name, { name: own }]) => [name, own]), network.missing];
}

describe('an .onnx file and its weights', () => {
  test.each<[string, DroppedFile[], unknown]>([
    ['both', [file('net.onnx', onnx), file('net.onnx.data', data)], [[['net.onnx.data', 'net.onnx.data']], []]],
    ['the first alone', [file('net.onnx', onnx)], [[], ['net.onnx.data']]],
    ['renamed', [file('net.onnx', onnx), file('weights (1)', data)], [[['net.onnx.data', 'weights (1)']], []]],
    [
      'in a folder with what lies beside them',
      [
        file('r/README.md'),
        file('r/config.json'),
        file('r/.git/HEAD'),
        file('r/net.onnx', onnx),
        file('r/net.onnx.data', data),
      ],
      [[['net.onnx.data', 'net.onnx.data']], []],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await found(...files)).toEqual(['net.onnx', ...(expected as unknown[])]);
  });

  test('one file that is whole, whatever lies beside it', async () => {
    const single = file('a/net.onnx', new Uint8Array(whole));
    expect(await found(single, file('a/labels.txt'))).toEqual(['net.onnx', [], []]);
  });
});

test.each<[string, DroppedFile[]]>([
  ['pictures beside it', [file('net.onnx', onnx), file('cat/1.jpg')]],
  ['an archive', [file('a.zip')]],
  ['no network at all', [file('a.txt'), file('b.txt')]],
  ['nothing', []],
])('%s: a set', async (_, files) => expect(await networkFiles(files)).toBeNull());

test('two networks are told apart by nobody', () =>
  expect(networkFiles([file('a.onnx', onnx), file('b.safetensors')])).rejects.toThrow(
    '2 networks were given (a.onnx, b.safetensors), and one can be brought at a time',
  ));
