/** What must be known before a number is built on it: the order of classes, and results of what is not here any more. */
import { expect, test } from 'vitest';
import { openedWith, runOfSettings, stripOf } from '../testing/fakeLab.ts';
import { parseLink } from './link.ts';
import { nextJob } from './nextJob.ts';
import { reduce, type Action } from './reducer.ts';
import { float32Of, isOrderAsked, runOf, settingsOf } from './selectors.ts';
import { initialState, type State } from './state.ts';

const after = (...actions: readonly Action[]): State =>
  actions.reduce(reduce, initialState(parseLink('#model=own&images=20').link, new Map()));
const opened: Action = { kind: 'opened', opened: { ...openedWith(20), order: 'Taken for a, b.' } };

test('nothing is measured before the order of the classes is confirmed, for this network and these images alone', () => {
  const state = after(opened);
  expect([isOrderAsked(state), nextJob(state)]).toEqual([true, null]);
  const confirmed = reduce(state, { kind: 'confirmOrder' });
  expect([isOrderAsked(confirmed), nextJob(confirmed)?.kind]).toEqual([false, 'images']);
  const other = [{ kind: 'subject', subject: { dataset: 'mine' } }, opened] as const;
  expect(isOrderAsked(other.reduce<State>(reduce, confirmed))).toBe(true);
  expect(isOrderAsked(after({ kind: 'opened', opened: openedWith(20) }))).toBe(false);
});

test('weights or images that became others take their results with them, and are opened anew', () => {
  const open = after({ kind: 'opened', opened: openedWith(20) }, { kind: 'images', images: stripOf(20) });
  const float32 = float32Of(open);
  const measured = reduce(open, { kind: 'run', result: runOfSettings(float32, 3) });
  expect(runOf(measured, float32)).toBeDefined();
  expect(reduce(measured, { kind: 'changed', name: 'weights:resnet18' })).toMatchObject({ opened: open.opened });
  for (const name of ['weights:own', float32.dataset]) {
    const changed = reduce(measured, { kind: 'changed', name });
    expect(runOf(changed, float32), name).toBeUndefined();
    expect([changed.opened, nextJob(changed)?.kind], name).toEqual([null, 'open']);
  }
});

test('calibrated is on as many training images as the link says', () => {
  const state = reduce(initialState(parseLink('#calibration=16').link, new Map()), {
    kind: 'opened',
    opened: openedWith(20),
  });
  expect(settingsOf(state, state.choice).calibrationImages).toBe(16);
});

test('a set with few training images is calibrated on all of them', () => {
  const few = openedWith(20);
  const state = after({ kind: 'opened', opened: { ...few, dataset: { ...few.dataset, trainImages: 24 } } });
  expect(settingsOf(state, state.choice).calibrationImages).toBe(24);
});
