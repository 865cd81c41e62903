/** Photos and test images through several bitwidths: what is seen, what is answered, and what is refused. */
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { nodeDecode } from '../../data/node/decode.ts';
import { createClassifier } from './classify.ts';
import type { ClassifyProgress } from '../../contract/calls/race.ts';
import { openStages } from '../stages/stages.ts';
import { memoize } from '../../base/memoize.ts';
import { nodeResources } from '../hosts/node.ts';
import { score } from './score.ts';
import { float32Settings, ptqSettings } from '../../contract/settings.ts';

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 3, seed: 1 };
const settings = [float32Settings(workload), { ...ptqSettings(workload, 'modern', 4), calibrationImages: 64 }] as const;
const lab = memoize(() => openStages(nodeResources(), 'wasm'));

/** Left half red, right half blue, in the middle of a wide grey picture. */
function picture(): Uint8Array {
  const png = new PNG({ width: 96, height: 48 });
  for (let y = 0; y < 48; y++) {
    for (let x = 0; x < 96; x++)
      png.data.set(
        x < 24 || x >= 72 ? [128, 128, 128, 255] : x < 48 ? [255, 0, 0, 255] : [0, 0, 255, 255],
        (y * 96 + x) * 4,
      );
  }
  return new Uint8Array(PNG.sync.write(png));
}

test('answers as the whole run does, and says what it saw', async () => {
  const stages = await lab();
  const photos = [0, 1, 2].map((testImage) => ({ name: `image ${testImage}`, testImage }));
  const { photos: seen, side, refused } = await createClassifier(stages, nodeDecode).classify({ photos, settings });
  const { dataset } = await stages.subject(workload);
  expect({ side, refused }).toEqual({ side: 32, refused: [] });
  for (const [column, each] of settings.entries()) {
    const { predictions } = await score(stages, each);
    expect(seen.map(({ answers }) => answers[column].label)).toEqual(
      [...predictions].map((index) => dataset.test.classes[index]),
    );
  }
  expect(seen.map(({ truth }) => truth)).toEqual([0, 1, 2].map((i) => dataset.test.classes[dataset.test.labels[i]]));
  for (const { answers } of seen)
    for (const { confidence, ms } of answers) expect(confidence > 0.1 && confidence <= 1 && ms > 0).toBe(true);
});

test('a test image whose label nobody knows has no true class', async () => {
  const photos = [{ name: 'image 0', testImage: 0 }];
  const unlabelled = [float32Settings({ ...workload, against: 'float' })];
  const { photos: seen } = await createClassifier(await lab(), nodeDecode).classify({ photos, settings: unlabelled });
  expect(seen.map(({ truth }) => truth)).toEqual([null]);
});

test('a photo is cut to its middle square at the network’s size; what cannot be decoded is named, the rest goes on', async () => {
  const stages = await lab();
  const photos = [
    { name: 'notes.txt', bytes: new Uint8Array(40) },
    { name: 'flag.png', bytes: picture() },
    { name: 'nowhere', testImage: 1e6 },
  ];
  const { photos: seen, refused } = await createClassifier(stages, nodeDecode).classify({ photos, settings });
  expect(refused.map(({ name }) => name)).toEqual(['notes.txt', 'nowhere']);
  expect(refused[1].reason).toContain('There is no test image 1000000');
  const [{ name, truth, pixels, answers }] = seen;
  expect({ name, truth, answers: answers.length }).toEqual({ name: 'flag.png', truth: null, answers: 2 });
  const at = (x: number, y: number): number[] => [...pixels.subarray((y * 32 + x) * 3, (y * 32 + x) * 3 + 3)];
  expect([at(2, 16), at(29, 16)]).toEqual([
    [255, 0, 0],
    [0, 0, 255],
  ]);
});

test('each photo is seen and each answer told as it comes: all photos by the first bitwidth before the next is made', async () => {
  const photos = [
    { name: 'notes.txt', bytes: new Uint8Array(40) },
    { name: 'flag.png', bytes: picture() },
    { name: 'image 1', testImage: 1 },
  ];
  const told: ClassifyProgress[] = [];
  const { photos: done } = await createClassifier(await lab(), nodeDecode).classify(
    { photos, settings },
    { report: (progress) => told.push(progress) },
  );
  expect(told.flatMap(({ seen }) => (seen ? [[seen.photo, seen.side, seen.pixels.length]] : []))).toEqual([
    [1, 32, 3072],
    [2, 32, 3072],
  ]);
  const answers = told.flatMap(({ answer }) => (answer ? [answer] : []));
  expect(answers.map(({ photo, at }) => [photo, at])).toEqual([
    [1, 0],
    [2, 0],
    [1, 1],
    [2, 1],
  ]);
  for (const { photo, at, label, confidence } of answers)
    expect(done[photo - 1].answers[at]).toMatchObject({ label, confidence });
});

test('stops between photos, and wants a bitwidth', async () => {
  const classifier = createClassifier(await lab(), nodeDecode);
  const photos = [{ name: 'first', testImage: 0 }];
  await expect(classifier.classify({ photos, settings }, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  await expect(classifier.classify({ photos, settings: [] })).rejects.toThrow('Choose at least one bitwidth');
});
