import fc from 'fast-check';
import { FIRST_RECORDS } from '../recorded/recorded.ts';
import { describe, expect, test } from 'vitest';
import { float32Settings, ptqSettings, qatSettings } from '../../contract/settings.ts';
import { parseLink } from '../state/link.ts';
import { initialState, type State } from '../state/state.ts';
import { openedWith, scoreOfSettings, runOfSettings } from '../testing/fakeLab.ts';
import { runProvenance } from '../text/provenance.ts';
import { readSession, writeSession } from './sessionFile.ts';
import { reduce, type Action } from '../state/reducer.ts';

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 20, seed: 1 };
const actions: readonly Action[] = [
  { kind: 'run', result: runOfSettings(float32Settings(workload), 2) },
  { kind: 'run', result: runOfSettings(ptqSettings(workload, 'modern', 4), 5) },
  { kind: 'run', result: runOfSettings(qatSettings(workload, 'modern', 3), 3) },
  { kind: 'run', result: runOfSettings({ ...ptqSettings(workload, 'modern', 4), file: 'mine.onnx 12ab34cd' }, 4) },
  { kind: 'score', result: scoreOfSettings(ptqSettings(workload, 'modern', 4), 1.5) },
  { kind: 'guess', guess: { kind: 'made', share: 0.42 } },
  { kind: 'layerGuess', guess: { kind: 'made', layer: 'layer1.0.conv1' } },
];
const state = actions.reduce<State>(reduce, initialState(parseLink('#bits=3&range=kl&seed=7').link, FIRST_RECORDS));
const saved = writeSession(state);

describe('a session file', () => {
  test('gives back the link, the results and both guesses', () => {
    const opened = readSession(saved, 'monday.json');
    expect(opened.guess).toEqual({ kind: 'made', share: 0.42 });
    expect(opened.layerGuess).toEqual({ kind: 'made', layer: 'layer1.0.conv1' });
    expect(opened.link).toMatchObject({ bits: 3, range: 'kl', seed: 7 });
    const rounded = (run: { readonly confidences: Float32Array }) => ({
      ...run,
      confidences: [...run.confidences].map((p) => Number(p.toFixed(4))),
    });
    expect(opened.runs.map(rounded)).toEqual(
      [...state.runs.values()].map((run) => ({ ...rounded(run), openedFrom: 'monday.json' })),
    );
    expect(opened.scores).toEqual([...state.scores.values()]);
  });

  test('has the network of own classes, and photos only where they were asked for', () => {
    const photos = [{ name: 'cup', train: ['YQ==', 'Yg=='], test: ['Yw=='] }];
    for (const classes of [
      { network: 'AAEC', photos: null },
      { network: 'AAEC', photos },
    ])
      expect(readSession(writeSession(state, classes), 'monday.json').classes).toEqual(classes);
    expect(readSession(saved, 'monday.json').classes).toBeNull();
  });

  test.each([
    [{ network: '', photos: null }, 'network'],
    [{ network: '<b>', photos: null }, 'network'],
    [{ network: 'AAEC', photos: [{ name: 'cup', train: [1], test: [] }] }, 'photos'],
    [{ network: 'AAEC', photos: 'all' }, 'photos'],
  ])('whose own classes are damaged is refused: %j', (classes, what) => {
    const text = JSON.stringify({ ...(JSON.parse(saved) as object), classes });
    expect(() => readSession(text, 'monday.json')).toThrow(
      new RegExp(`^monday.json cannot be opened: The ${what} of its own`),
    );
  });

  test('opened twice, or beside what is there, keeps each result once', () => {
    const { link, ...results } = readSession(saved, 'monday.json');
    const restored = reduce(state, { kind: 'restore', ...results });
    expect(restored.runs.size).toBe(state.runs.size);
    const elsewhere = reduce(initialState(link, FIRST_RECORDS), { kind: 'restore', ...results });
    expect(elsewhere.runs.size).toBe(4);
    expect(elsewhere).toMatchObject({ guess: state.guess, layerGuess: state.layerGuess });
  });

  test('whose top-1 does not follow from its predictions is counted again and marked, once the images are there', () => {
    const { link, ...results } = readSession(saved.replace('"top1":0.75', '"top1":0.95'), 'monday.json');
    const restored = reduce(initialState(link, FIRST_RECORDS), { kind: 'restore', ...results });
    const seen = reduce(restored, { kind: 'opened', opened: openedWith(20) });
    const marked = [...seen.runs.values()].filter(({ altered }) => altered);
    expect(marked.map(({ top1, settings: { scheme } }) => [top1, scheme?.weightBits])).toEqual([[0.75, 4]]);
    expect(runProvenance(marked[0])).toContain('altered since');
    const again = readSession(writeSession(seen), 'tuesday.json');
    expect(again.runs.filter(({ altered }) => altered)).toHaveLength(1);
  });

  test('does not replace what was measured here', () => {
    const { link, ...results } = readSession(saved, 'monday.json');
    const restored = reduce(state, { kind: 'restore', ...results });
    expect([...restored.runs.values()].every(({ openedFrom }) => openedFrom === undefined)).toBe(true);
    expect(link.bits).toBe(3);
  });

  test('keeps its names: files that were saved before open, and files saved now are read by what was before', () => {
    const { results } = JSON.parse(saved) as { readonly results: Readonly<Record<string, readonly unknown[]>> };
    expect(Object.keys(results)).toEqual(['runs', 'races']);
    expect(results.races).toHaveLength(1);
  });

  test('of before the layer was guessed opens with that question open', () => {
    const older = JSON.stringify({ ...(JSON.parse(saved) as object), layerGuess: undefined });
    expect(readSession(older, 'old.json').layerGuess).toEqual({ kind: 'open' });
  });

  test.each([
    ['not JSON', '{"fewbitSession":', /^monday\.json cannot be opened: /],
    ['another file', '{"name":"package"}', 'It is no session that this page saved.'],
    ['no guess', saved.replace('"made"', '"maybe"'), 'The guess is none'],
    ['markup for a layer', saved.replace('"layer1.0.conv1"', '"<b>"'), 'The guess of a layer is none'],
    [
      'an impossible accuracy',
      saved.replace(/"top1":0\.\d+/, '"top1":1.7'),
      'top1 is 1.7; it must be a number from 0 to 1.',
    ],
    [
      'fewer predictions than images',
      saved.replace('"images":20', '"images":21'),
      'There are 20 predictions of 21 images.',
    ],
    ['an unknown scheme', saved.replace('"weightBits":4', '"weightBits":40'), 'The scheme\'s "weightBits" is 40'],
  ])('with %s is refused with a sentence', (_, text, sentence) => {
    expect(() => readSession(text, 'monday.json')).toThrow(sentence);
  });

  test('cut or altered anywhere is refused, or is a session', () => {
    fc.assert(
      fc.property(fc.nat(saved.length - 1), fc.string({ maxLength: 3 }), (at, text) => {
        try {
          const { runs } = readSession(saved.slice(0, at) + text + saved.slice(at + text.length), 'x');
          for (const run of runs) expect(run.top1).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect((error as Error).message).toMatch(/^x cannot be opened: /);
        }
      }),
      { numRuns: 200 },
    );
  });
});
