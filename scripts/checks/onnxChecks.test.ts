/** ResNet-20's file at every bitwidth: as long as its bits, read back, fused, and 200 answers equal to the interpreter's. */
import { expect, test } from 'vitest';
import { openStages } from '../../src/lab/stages/stages.ts';
import { nodeResources } from '../../src/lab/hosts/node.ts';
import { ptqSettings } from '../../src/contract/settings.ts';
import { sizeBytes } from '../../src/quant/size.ts';
import { BITS } from '../../src/quant/types.ts';
import { checkFile } from './onnxChecks.ts';
import { spread } from './nativeRuntime.ts';

const IMAGES = 200;
const bench = { model: 'resnet20', dataset: 'cifar10-sample', images: IMAGES, seed: 1 };

test('equal, fused and small at every bitwidth', async () => {
  const stages = await openStages(nodeResources(), 'wasm');
  const images = spread((await stages.subject(bench)).dataset.test, IMAGES);
  for (const bits of BITS) {
    const { quantized } = await stages.make({ ...ptqSettings(bench, 'modern', bits), calibrationImages: 64 });
    if (!quantized) throw new Error('PTQ settings made no quantized model');
    const { operators, onnxBytes, ...check } = await checkFile(quantized, images);
    expect(check, `${bits} bits`).toMatchObject({
      readBack: true,
      loadsInNode: true,
      codesDiffering: 0,
      logitsDiffering: 0,
      answersDiffering: 0,
      images: IMAGES,
    });
    expect(check.runtimeTop1, `${bits} bits`).toBe(check.interpreterTop1);
    expect(check.codesCompared).toBeGreaterThan(100_000);
    expect(operators, `${bits} bits`).toMatchObject({ QLinearConv: 21, QLinearAdd: 9, QGemm: 1 });
    expect(
      Object.keys(operators).filter((operator) => /Gather|Bitwise|Cast|Split|Reshape|Dequantize|^Conv/.test(operator)),
      `${bits} bits`,
    ).toEqual([]);
    expect(onnxBytes - sizeBytes(quantized), `${bits} bits: what a file is longer than its numbers`).toBeLessThan(
      35_000,
    );
  }
}, 600_000);
