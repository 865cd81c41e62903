/** Files of other tools, told how their input is normalized. */
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import * as ort from 'onnxruntime-node';
import { resnet20 } from '../../graph/networks/resnet.ts';
import { writeFloatOnnx } from '../write/float.ts';
import { sayingNormalization, type Parsed } from './normalized.ts';
import { parseOnnx } from './parse.ts';
import { readOnnx, readParsed } from './read.ts';
import { seededFloatModel } from '../testing/seededModel.ts';
import { torchExport } from '../testing/torchExport.ts';

const GIVEN = { mean: [0.1, 0.2, 0.3], std: [1, 2, 3] };
const parsed = (bytes: Uint8Array): Parsed => ({ bytes: new Uint8Array(bytes), file: parseOnnx(bytes, 'a.onnx') });

test('a file that says nothing is told, and is a file to every other reader still', async () => {
  const model = seededFloatModel(resnet20(3));
  const told = sayingNormalization(parsed(torchExport(model)), GIVEN);
  expect(readOnnx(told.bytes, 'a.onnx').model.normalization).toEqual(GIVEN);
  expect(
    isDeepStrictEqual(parseOnnx(told.bytes, 'a.onnx'), told.file),
    'what is handed on is what another parsing would give',
  ).toBe(true);
  expect(isDeepStrictEqual(readParsed(told.file), readOnnx(told.bytes, 'a.onnx'))).toBe(true);
  const session = await ort.InferenceSession.create(told.bytes);
  expect(session.outputNames).toEqual(['191']);
  await session.release();
});

test('a file that says it itself stays as it is', () => {
  const own = parsed(writeFloatOnnx(seededFloatModel(resnet20(3))));
  expect(sayingNormalization(own, GIVEN).bytes).toBe(own.bytes);
  expect(sayingNormalization(own, GIVEN).file).toBe(own.file);
});
