/** Files of other tools, told how their input is normalized. */
import { expect, test } from 'vitest';
import * as ort from 'onnxruntime-node';
import { resnet20 } from '../graph/resnet.ts';
import { writeFloatOnnx } from './float.ts';
import { sayingNormalization } from './normalized.ts';
import { readOnnx } from './read.ts';
import { seededFloatModel } from './testing/seededModel.ts';
import { torchExport } from './testing/torchExport.ts';

const GIVEN = { mean: [0.1, 0.2, 0.3], std: [1, 2, 3] };
const bytesOf = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

test('a file that says nothing is told, and is a file to every other reader still', async () => {
  const model = seededFloatModel(resnet20(3));
  const told = sayingNormalization(bytesOf(torchExport(model)), 'theirs.onnx', GIVEN);
  expect(readOnnx(told, 'theirs.onnx').model.normalization).toEqual(GIVEN);
  const session = await ort.InferenceSession.create(told);
  expect(session.outputNames).toEqual(['191']);
  await session.release();
});

test('a file that says it itself stays as it is, and what is no model is refused by name', () => {
  const own = bytesOf(writeFloatOnnx(seededFloatModel(resnet20(3))));
  expect(sayingNormalization(own, 'ours.onnx', GIVEN)).toBe(own);
  expect(() => sayingNormalization(Uint8Array.of(1, 2, 3), 'noise.onnx', GIVEN)).toThrow(/^noise\.onnx: /);
});
