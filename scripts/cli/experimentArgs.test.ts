import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseExperimentArgs } from './experimentArgs.ts';

describe('the command line of the headless twin', () => {
  test('has a default for everything', () => {
    expect(parseExperimentArgs([])).toMatchObject({
      model: 'resnet20',
      dataset: 'cifar10-sample',
      method: 'ptq',
      scheme: 'modern',
      images: 1000,
      seed: 1,
      bits: [{ weights: 8, activations: 8 }],
    });
  });

  test('takes several bitwidths, and different ones for weights and activations', () => {
    expect(parseExperimentArgs(['--bits', '8,w4a8']).bits).toEqual([
      { weights: 8, activations: 8 },
      { weights: 4, activations: 8 },
    ]);
  });

  test('learns a last layer where a network is measured, and nowhere else', () => {
    expect(parseExperimentArgs(['--learn-head', '500']).learnHead).toBe(500);
    expect(parseExperimentArgs([]).learnHead).toBeUndefined();
    for (const method of ['finetune', 'describe'])
      expect(() => parseExperimentArgs(['--learn-head', '500', '--method', method])).toThrow(
        /--learn-head is for methods/,
      );
  });

  test('writes layers models of TensorFlow.js and ONNX files into folders of their own, each only where asked', () => {
    expect(parseExperimentArgs(['--export-tfjs', 'a', '--export', 'b'])).toMatchObject({
      exportTfjs: 'a',
      export: 'b',
    });
    expect(parseExperimentArgs(['--export', 'b']).exportTfjs).toBeUndefined();
    expect(parseExperimentArgs([]).exportTfjs).toBeUndefined();
    expect(() => parseExperimentArgs(['--export-tfjs'])).toThrow(/--export-tfjs/);
    expect(() => parseExperimentArgs(['--exportTfjs', 'a'])).toThrow(/--exportTfjs/);
  });

  test('sorts the training arguments by method', () => {
    expect(
      parseExperimentArgs(['--method', 'finetune', '--epochs', '3', '--lr', '0.03', '--head-share', '0.1']),
    ).toMatchObject({
      training: {},
      finetuning: { epochs: 3, peakRate: 0.03, headShare: 0.1 },
    });
    expect(parseExperimentArgs(['--method', 'qat', '--epochs', '3'])).toMatchObject({
      training: { epochs: 3 },
      finetuning: {},
    });
  });

  test('takes a folder, a local archive and another size', () => {
    expect(parseExperimentArgs(['--dataset', 'folder:../pets', '--side', '96'])).toMatchObject({
      dataset: 'folder:../pets',
      side: 96,
    });
    expect(parseExperimentArgs(['--dataset', 'imagenette', '--data', 'part.tgz'])).toMatchObject({
      dataset: 'imagenette',
      data: 'part.tgz',
      side: undefined,
    });
  });

  test.each([
    [['--bits', '9'], /^--bits has "9"; allowed: 2, 3/],
    [['--bits', ''], /^--bits has ""/],
    [['--bits', 'w1a8'], /^--bits has "w1a8"/],
    [['--normalization', 'half'], /^--normalization is "half"; allowed: imagenet, cifar10, unit, signed/],
    [['--model', 'vgg'], /^--model is "vgg"; allowed: resnet20/],
    [['--dataset', 'folder:'], /^--dataset is "folder:"; allowed: .*folder:PATH/],
    [['--side', '15'], /^--side is "15"; allowed: a whole number of at least 16/],
    [['--side', '513'], /^--side is "513"; allowed: a whole number from 16 to 512/],
    [['--dataset', 'mnist'], /^--dataset is "mnist"; allowed: cifar10-sample, cifar10/],
    [['--method', 'magic'], /^--method is "magic"; allowed: float32, ptq/],
    [['--scheme', '1998'], /^--scheme is "1998"; allowed: modern, 2021/],
    [['--images', '0'], /^--images is "0"; allowed: a whole number of at least 1/],
    [['--images', '1e3'], /^--images is "1e3"/],
    [['--seed', '-1'], /--seed/],
    [['--epochs', '2'], /^--epochs is for --method qat or finetune; the method is "ptq"/],
    [['--method', 'qat', '--head-share', '0.1'], /^--head-share is for --method finetune; the method is "qat"/],
    [
      ['--method', 'finetune', '--distillation', '0.5'],
      /^--distillation is for --method qat; the method is "finetune"/,
    ],
    [['--method', 'finetune', '--head-share', '2'], /^--head-share is "2"; allowed: a number from 0 to 1/],
    [['--batches', '1,8'], /^--batches is for --method race; the method is "ptq"/],
    [['--method', 'race', '--batches', '0'], /^--batches is "0"; allowed: a whole number of at least 1/],
    [['--container', 'zip'], /^--container is "zip"; allowed: packed, int8/],
    [['--save', 'x.safetensors'], /^--save is for --method finetune/],
    [['--frobnicate'], /--frobnicate.*Allowed arguments: --model/],
    [['surplus'], /surplus.*Allowed arguments: --model/],
  ])('%j is refused in one line that names the argument and what is allowed', (argv, message) => {
    expect(() => parseExperimentArgs(argv)).toThrow(message);
    try {
      parseExperimentArgs(argv);
    } catch (error) {
      expect((error as Error).message).not.toContain('\n');
    }
  });

  test('the script exits with 2 and says it on stderr, nothing on stdout', async () => {
    const run = promisify(execFile)('npx', ['tsx', 'scripts/cli/experiment.ts', '--bits', '12']);
    await expect(run).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^--bits has "12"[^\n]*\n$/) as string,
    });
  });
});
