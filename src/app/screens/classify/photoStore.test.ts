import { expect, test } from 'vitest';
import type { Classified, ClassifyArgs, ClassifyProgress, Photo } from '../../../contract/calls/race.ts';
import { float32Settings, ptqSettings } from '../../../contract/settings.ts';
import { createFakeLab } from '../../testing/fakeLab.ts';
import { createPhotoStore, isDone, keyOfSettings } from './photoStore.ts';

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 10, seed: 1 };
const [float32, four, two] = [
  float32Settings(workload),
  ptqSettings(workload, 'modern', 4),
  ptqSettings(workload, 'modern', 2),
];
const photo = (name: string): Photo => ({ name, bytes: new Uint8Array(1) });
const seenOf = (at: number): ClassifyProgress => ({
  stage: 'Classifying',
  done: 0,
  total: 4,
  unit: 'answers',
  seen: { photo: at, side: 1, pixels: new Uint8Array(3), truth: null },
});
const answerOf = (at: number, column: number, label: string): ClassifyProgress => ({
  ...seenOf(at),
  seen: undefined,
  answer: { photo: at, at: column, label, confidence: 0.5 },
});

function classifiedOf(
  { photos, settings }: ClassifyArgs,
  refused: readonly string[],
  labels: readonly string[],
): Classified {
  const answers = labels.map((label, i) => ({ label, confidence: 0.5, ms: i + 1 }));
  return {
    settings,
    side: 1,
    threads: 2,
    photos: photos
      .filter(({ name }) => !refused.includes(name))
      .map(({ name }) => ({ name, truth: null, pixels: new Uint8Array(3), answers })),
    refused: refused.map((name) => ({ name, reason: 'no photo' })),
  };
}

test('answers are there as they come, times when all have answered; what is no photo is said so', async () => {
  const lab = createFakeLab();
  const store = createPhotoStore(lab);
  const [cat, notes] = [photo('cat.png'), photo('notes.txt')];
  store.want([notes, cat], [float32, four]);
  const [call] = lab.asked;
  call.options.onProgress?.(seenOf(1));
  call.options.onProgress?.(answerOf(1, 0, 'cat'));
  const early = store.getState().notes.get(cat);
  expect([...(early?.answers ?? [])]).toEqual([[keyOfSettings(float32), { label: 'cat', confidence: 0.5, ms: null }]]);
  store.want([notes, cat], [float32, four]);
  expect(lab.asked, 'the same question goes on').toHaveLength(1);
  await call.answer(classifiedOf(call.args as ClassifyArgs, ['notes.txt'], ['cat', 'dog']));
  const { notes: known, threads, progress } = store.getState();
  expect({ threads, progress, refused: known.get(notes)?.refused }).toEqual({
    threads: 2,
    progress: null,
    refused: 'no photo',
  });
  expect([...(known.get(cat)?.answers.values() ?? [])].map(({ label, ms }) => [label, ms])).toEqual([
    ['cat', 1],
    ['dog', 2],
  ]);
  store.want([notes, cat], [float32, four]);
  expect(lab.asked, 'nothing is missing').toHaveLength(1);
});

test('only what is missing is asked; another photo or bitwidth cancels and asks again', async () => {
  const lab = createFakeLab();
  const store = createPhotoStore(lab);
  const [first, second] = [photo('1'), photo('2')];
  store.want([first], [four]);
  lab.asked[0].options.onProgress?.(seenOf(0));
  await lab.asked[0].answer(classifiedOf(lab.asked[0].args as ClassifyArgs, [], ['ship']));
  store.want([first, second], [four]);
  expect((lab.asked[1].args as ClassifyArgs).photos).toEqual([second]);
  store.want([first, second], [four, two]);
  expect(lab.asked[1].options.signal?.aborted).toBe(true);
  expect((lab.asked[2].args as ClassifyArgs).photos).toEqual([first, second]);
  lab.asked[2].options.onProgress?.(answerOf(0, 0, 'ship'));
  expect(isDone(store.getState().notes.get(first) as never, [keyOfSettings(four)]), 'its time stays').toBe(true);
  store.want([], []);
  expect(lab.asked[2].options.signal?.aborted).toBe(true);
});

test('another network sees other pixels: nothing of the photos is known any more; a failure is tried again', async () => {
  const lab = createFakeLab();
  const store = createPhotoStore(lab);
  const only = photo('1');
  store.want([only], [four]);
  lab.asked[0].options.onProgress?.(seenOf(0));
  store.want([only], [ptqSettings({ ...workload, model: 'resnet18' }, 'modern', 4)]);
  expect(store.getState().notes.size).toBe(0);
  await lab.asked[1].fail('The worker stopped.');
  expect(store.getState().failure).toBe('The worker stopped.');
  store.want([only], [ptqSettings({ ...workload, model: 'resnet18' }, 'modern', 4)]);
  expect(lab.asked).toHaveLength(3);
  expect(store.getState().failure).toBeNull();
});
