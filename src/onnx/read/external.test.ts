/** Weights in a second file make the same network as in one. */
import { expect, test } from 'vitest';
import { resnet20 } from '../../graph/networks/resnet.ts';
import { seededFloatModel } from '../testing/seededModel.ts';
import { torchExport } from '../testing/torchExport.ts';
import { twoFiles } from '../testing/twoFiles.ts';
import { externalFiles, withExternalData } from './external.ts';
import { readOnnx } from './read.ts';

const OPTIONS = { normalization: { mean: [0, 0, 0], std: [1, 1, 1] } };
const MODEL = seededFloatModel(resnet20(3));
const WHOLE = new Uint8Array(torchExport(MODEL));

function split(location: string): { model: Uint8Array<ArrayBuffer>; data: Uint8Array } {
  const [model, data] = twoFiles(MODEL, location);
  return { model, data };
}

test.each(['m.onnx.data', 'weights.bin', './m.onnx.data'])('in %s', (location) => {
  const name = location.replace('./', '');
  const { model, data } = split(location);
  expect(externalFiles(model)).toEqual([name]);
  const joined = withExternalData(model, 'm.onnx', new Map([[name, data]]));
  expect(readOnnx(joined, 'm.onnx', OPTIONS)).toEqual(readOnnx(WHOLE, 'm.onnx', OPTIONS));
});

test('a file that is missing is named, one that is too short refused; a whole one stays', () => {
  const { model, data } = split('m.onnx.data');
  expect(() => withExternalData(model, 'm.onnx', new Map())).toThrow(
    'm.onnx: its weights lie in another file, m.onnx.data: bring both files together',
  );
  expect(() => withExternalData(model, 'm.onnx', new Map([['m.onnx.data', data.subarray(0, 100)]]))).toThrow(
    'the two files do not belong together',
  );
  expect(withExternalData(WHOLE, 'm.onnx', new Map())).toBe(WHOLE);
  expect(externalFiles(new Uint8Array([1, 2, 3]))).toEqual([]);
});
