import { expect, test } from 'vitest';
import { FIRST_RECORDS } from '../recorded/recorded.ts';
import { fileSettings } from '../../contract/settings.ts';
import { contenderId, contendersOf, chosenOf } from './contenders.ts';
import { parseLink } from './link.ts';
import { initialState, type State } from './state.ts';
import { contenderName } from '../text/names.ts';
import { reduce } from './reducer.ts';
import { workloadOf, settingsOf } from './selectors.ts';

const start = initialState(parseLink('#preset=2021').link, FIRST_RECORDS);
const ids = (state: State): readonly string[] => contendersOf(state).map(contenderId);

/** A 4-bit file was brought and opened. */
function withFile(state: State): State {
  const { scheme } = settingsOf(state, { ...state.choice, bits: 4 });
  if (!scheme) throw new Error('4 bits have no scheme');
  return reduce(state, { kind: 'file', settings: fileSettings(workloadOf(state), 'mine.onnx 01234567', scheme) });
}

test('floats and every width of the control’s preset can stand side by side, each under an id of its own', () => {
  expect(ids(start)).toEqual(['32', '16', '8', '7', '6', '5', '4', '3', '2']);
  expect(
    chosenOf(contendersOf(start), ['2', '32', 'brought']).map(({ settings, form }) => [
      settings.scheme?.name ?? null,
      form,
    ]),
  ).toEqual([
    [null, 'float32'],
    ['2021', 'packed'],
  ]);
});

test('a file that was brought stands beside the one of its width, and goes with its network', () => {
  const state = withFile(start);
  expect(ids(state)).toEqual([...ids(start), 'brought']);
  expect(contendersOf(state).at(-1)?.settings.file).toBe('mine.onnx 01234567');
  const names = contendersOf(state).map(contenderName);
  expect(names.at(-1)).toBe('your file, 4 bits');
  expect(new Set(names).size).toBe(names.length);
  expect(ids(reduce(state, { kind: 'subject', subject: { model: 'resnet18' } }))).not.toContain('brought');
});
