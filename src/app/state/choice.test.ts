import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RECORDED } from '../recorded/recorded.ts';
import { parseLink } from './link.ts';
import { createAppStore, type AppStore } from './appStore.ts';
import { summaryOf } from './measurements.ts';
import { createFakeLab, openedWith, scoreOfSettings, runOfSettings, stripOf } from '../testing/fakeLab.ts';
import type { RunSettings } from '../../contract/run.ts';
import { workloadOf, float32Of, linkOf, shownRun } from './selectors.ts';

type FakeLab = ReturnType<typeof createFakeLab>;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

function open(fragment = ''): { readonly lab: FakeLab; readonly store: AppStore } {
  const lab = createFakeLab();
  return { lab, store: createAppStore(lab, parseLink(fragment).link, RECORDED) };
}

function last({ asked }: FakeLab) {
  const call = asked.at(-1);
  if (!call) throw new Error('nothing was asked of the lab');
  return call;
}

/** Answers the last call, then the one that follows from it, until nothing is asked any more. */
async function answerAll(lab: FakeLab, testImages = 100): Promise<void> {
  for (let answered = lab.asked.length - 1; answered < lab.asked.length; answered++) {
    const { kind, args, answer } = lab.asked[answered];
    if (kind === 'open') await answer(openedWith(testImages));
    else if (kind === 'images') await answer(stripOf(Math.min(100, testImages)));
    else if (kind === 'score') await answer(scoreOfSettings(args as RunSettings, 2));
    else await answer(runOfSettings(args as RunSettings, 1));
  }
}

test('a link opens the lab on its model, dataset and size', () => {
  const { lab, store } = open('#model=resnet18&dataset=imagenette&side=128');
  expect(last(lab).args).toEqual({ backend: 'auto', model: 'resnet18', dataset: 'imagenette', side: 128 });
  expect(linkOf(store.getState())).toMatchObject({ model: 'resnet18', dataset: 'imagenette', side: 128 });
});

test('another subject is opened, and measured under its own name; what was shown goes, what was measured stays', async () => {
  const { lab, store } = open('#images=80');
  await answerAll(lab, 60);
  expect(workloadOf(store.getState())).toEqual({ model: 'resnet20', dataset: 'cifar10-sample', images: 60, seed: 1 });
  const before = shownRun(store.getState());
  store.dispatch({ kind: 'subject', subject: { model: 'resnet18', dataset: 'imagenette' } });
  expect(store.getState()).toMatchObject({ opened: null, images: null });
  expect(shownRun(store.getState())).toBeUndefined();
  expect(last(lab).args).toMatchObject({ model: 'resnet18', dataset: 'imagenette' });
  await answerAll(lab);
  expect(shownRun(store.getState())?.settings).toMatchObject({
    model: 'resnet18',
    dataset: 'imagenette',
    images: 80,
  });

  const asked = lab.asked.length;
  store.dispatch({ kind: 'subject', subject: { model: 'resnet20', dataset: 'cifar10-sample' } });
  await answerAll(lab, 60);
  expect(lab.asked.slice(asked).map(({ kind }) => kind)).toEqual(['open', 'images']);
  expect(shownRun(store.getState())).toBe(before);
});

test('what was guessed of one network is no guess of another', () => {
  const { store } = open();
  store.dispatch({ kind: 'guess', guess: { kind: 'made', share: 0.4 } });
  store.dispatch({ kind: 'layerGuess', guess: { kind: 'made', layer: 'conv1' } });
  store.dispatch({ kind: 'subject', subject: { model: 'resnet18' } });
  expect(store.getState()).toMatchObject({ guess: { kind: 'open' }, layerGuess: { kind: 'open' } });
  store.dispatch({ kind: 'guess', guess: { kind: 'passed' } });
  store.dispatch({ kind: 'subject', subject: { model: 'resnet20' } });
  expect(store.getState()).toMatchObject({ guess: { kind: 'passed' }, layerGuess: { kind: 'open' } });
});

test('an answer about the subject before is no answer about this one', async () => {
  const { lab, store } = open();
  const stale = last(lab);
  store.dispatch({ kind: 'subject', subject: { dataset: 'cifar10' } });
  expect(stale.options.signal?.aborted).toBe(true);
  await stale.answer(openedWith(7));
  expect(store.getState().opened).toBeNull();
  expect(last(lab).args).toMatchObject({ dataset: 'cifar10' });
});

test('a subject that is not here is a failure with a sentence, and another can be chosen', async () => {
  const { lab, store } = open('#dataset=imagenette&model=resnet18');
  await last(lab).fail('Imagenette is not here yet. Import it first.');
  expect(store.getState().failure?.message).toBe('Imagenette is not here yet. Import it first.');
  store.dispatch({ kind: 'subject', subject: { model: 'resnet20', dataset: 'cifar10-sample' } });
  expect(store.getState().failure).toBeNull();
  await answerAll(lab);
  expect(store.getState().opened).not.toBeNull();
});

test('a followed link brings its subject; the same one opens nothing again', async () => {
  const { lab, store } = open();
  await answerAll(lab);
  const asked = lab.asked.length;
  store.dispatch({ kind: 'follow', link: parseLink('#screen=data').link });
  expect(lab.asked).toHaveLength(asked);
  store.dispatch({ kind: 'follow', link: parseLink('#dataset=cifar10&bits=4').link });
  expect(last(lab)).toMatchObject({ kind: 'open', args: { dataset: 'cifar10' } });
});

test('what was recorded of a network comes when it comes into view, and stands until this machine has measured', async () => {
  const { lab, store } = open();
  const recorded = () => summaryOf(store.getState(), float32Of(store.getState()));
  expect(recorded()).toMatchObject({ settings: { model: 'resnet20' }, recorded: expect.any(String) });
  store.dispatch({ kind: 'subject', subject: { model: 'resnet18', dataset: 'imagenette' } });
  expect(recorded()).toBeUndefined();
  await vi.waitFor(() =>
    expect(recorded()).toMatchObject({ settings: { model: 'resnet18' }, recorded: expect.any(String) }),
  );
  await answerAll(lab);
  expect(recorded()).not.toHaveProperty('recorded');
});
