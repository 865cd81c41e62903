/** Agreement is no accuracy: with a network that does not know the images' classes every screen is read, and no word of accuracy may be found. */
import { createElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { App } from './App.tsx';
import { cellsOf, commandOf, type GridRow } from '../contract/grid/grid.ts';
import type { Classified, ClassifyArgs, ClassifyProgress, Race, RaceArgs } from '../contract/calls/race.ts';
import type { Opened } from '../contract/calls/opened.ts';
import type { RunSettings } from '../contract/run.ts';
import { SCREENS, type ScreenName } from './names/screenNames.ts';
import { RECORDED } from './recorded/recorded.ts';
import { DEFAULT_CHOICES, gridOf, keepChoices } from './screens/experiments/choices.ts';
import { createAppStore, type AppStore } from './state/appStore.ts';
import { parseLink } from './state/link.ts';
import { nextJob } from './state/nextJob.ts';
import { accuracySaid } from './testing/accuracySaid.ts';
import {
  createFakeLab,
  openedWith,
  previewOfSettings,
  runOfSettings,
  scoreOfSettings,
  stripOf,
  type Asked,
} from './testing/fakeLab.ts';
import { layerAnswer } from './testing/fakeLayers.ts';
import { freshTraining } from './testing/freshTraining.ts';
import './styles.ts';

let root: Root | undefined;

beforeEach(() => page.viewport(1280, 800));

afterEach(() => {
  root?.unmount();
  root = undefined;
  document.body.replaceChildren();
});

const IMAGES = 100;
const WHY = 'The network does not know the classes of these images: it was trained on 10 others.';

type Comparison = 'labels' | 'float';

function opened(comparison: Comparison): Opened {
  const known = openedWith(IMAGES);
  if (comparison === 'labels') return known;
  return { ...known, labels: new Int32Array(IMAGES).fill(-1), against: { kind: 'float', why: WHY } };
}

const wrongOf = ({ scheme }: RunSettings): number => (scheme ? 4 * (9 - scheme.weightBits) : 0);

const raceOf = ({ entries, lanes, batches }: RaceArgs): Race => ({
  machine: { runtime: 'a browser', cores: 4, crossOriginIsolated: true, adapter: null },
  rows: entries.map((entry, i) => ({
    ...entry,
    lane: lanes[0],
    threads: 1,
    batch: batches[0],
    bits: entry.settings.scheme?.weightBits ?? 32,
    onnxBytes: 1e6,
    loadMs: 5,
    firstRunMs: 9,
    medianMs: 2 + i,
    lowMs: 1.9 + i,
    highMs: 2.1 + i,
    p95Ms: 2.2 + i,
    runs: 30,
    warmup: 5,
    imagesPerSecond: 500,
    heapBytes: 1e7,
    operators: [],
    agrees: true,
  })),
  absent: [],
  findings: ['8 bits take less time.'],
});

const classifiedOf = ({ photos, settings }: ClassifyArgs): Classified => ({
  settings,
  side: 32,
  threads: 1,
  photos: photos.map(({ name }) => ({
    name,
    truth: null,
    pixels: new Uint8Array(3 * 32 * 32),
    answers: settings.map((_, i) => ({ label: i === 0 ? 'cat' : 'dog', confidence: 0.5, ms: 2 })),
  })),
  refused: [],
});

/** Each photo is seen before the answers come. */
function classify({ args, options, answer: reply }: Asked): Promise<void> {
  const result = classifiedOf(args as ClassifyArgs);
  const total = result.photos.length;
  for (const [photo, { pixels, truth }] of result.photos.entries()) {
    const seen = { photo, pixels, truth, side: 32 };
    const progress: ClassifyProgress = { stage: 'Classifying', done: 0, total, unit: 'answers', seen };
    options.onProgress?.(progress);
  }
  return reply(result);
}

/** Of what was published in 2021, too. */
const CHOICES = { ...DEFAULT_CHOICES, models: ['resnet18'], datasets: ['cifar10'] };

/** The page's own grid, measured. */
const rowsOf = (comparison: Comparison): readonly GridRow[] =>
  cellsOf(gridOf(CHOICES, 1)).map(({ key, settings }) => ({
    key,
    command: commandOf(settings),
    model: settings.model,
    dataset: settings.dataset,
    side: 32,
    method: settings.method,
    scheme: settings.scheme?.name ?? null,
    weightBits: settings.scheme?.weightBits ?? 32,
    activationBits: settings.scheme?.activationBits ?? 32,
    repairs: [],
    training: null,
    images: 4,
    calibrationImages: settings.calibrationImages,
    seed: settings.seed,
    top1: settings.scheme ? 0.75 : 1,
    ...(comparison === 'float' && { against: 'float' as const, kl: 0.1 }),
    sizeBytes: 1e5,
    onnxBytes: 1e5,
    backend: 'wasm',
    device: 'WebAssembly',
    versions: {},
    commit: null,
    seconds: 1,
    finished: '2026-01-01T00:00:00Z',
    classes: ['mug', 'plant'],
    labels: '0110',
    predictions: settings.scheme ? '0111' : '0110',
    curve: [],
  }));

async function answer(call: Asked, comparison: Comparison): Promise<void> {
  const settings = call.args as RunSettings;
  const about = layerAnswer(call);
  if (about) return call.answer(about);
  switch (call.kind) {
    case 'open':
      return call.answer(opened(comparison));
    case 'images':
      return call.answer({ ...stripOf(IMAGES), labels: opened(comparison).labels });
    case 'preview':
      return call.answer(previewOfSettings(settings, wrongOf(settings)));
    case 'evaluate':
      return call.answer({
        ...runOfSettings(settings, wrongOf(settings)),
        ...(comparison === 'float' && { kl: 0.125 }),
      });
    case 'score':
      return call.answer(scoreOfSettings(settings, 2));
    case 'race':
      return call.answer(raceOf(call.args as RaceArgs));
    case 'classify':
      return classify(call);
    case 'absentLanes':
      return call.answer([]);
    case 'trainingState':
      return call.answer(freshTraining(settings));
    case 'gridRecords':
      return call.answer(rowsOf(comparison));
    default:
      // What else a screen asks for is of no figure.
      return undefined;
  }
}

function show(hash: string, comparison: Comparison): AppStore {
  const lab = createFakeLab();
  const answering = {
    ...lab,
    call: ((...args: Parameters<typeof lab.call>) => {
      const result = lab.call(...args);
      void answer(lab.asked[lab.asked.length - 1], comparison);
      return result;
    }) as typeof lab.call,
  };
  const { link, problems } = parseLink(hash);
  const store = createAppStore(answering, link, RECORDED);
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(createElement(App, { store, lab: answering, problems }));
  return store;
}

const at = (id: string) => page.getByTestId(id);

/** The others teach: they speak of accuracy as of any other word, and of no network's figure. */
type Read = Exclude<ScreenName, 'lesson' | 'glossary'>;
const isRead = (name: ScreenName): name is Read => name !== 'lesson' && name !== 'glossary';

/** Waits for a screen, and has it show what it shows only when it is asked, so that all of it is read. */
const WORKED: { readonly [K in Read]: (store: AppStore) => Promise<void> } = {
  async snap() {
    await expect.element(at('chart-snap')).toBeVisible();
  },
  async clip() {
    await expect.element(at('chart-clip')).toBeVisible();
  },
  async classes() {
    await expect.element(at('own-folder')).toBeInTheDocument();
  },
  async data() {
    await expect.element(page.getByLabelText('Or choose files')).toBeInTheDocument();
  },
  async bill(store) {
    await userEvent.click(page.getByTestId('damage').getByRole('button').first());
    await expect.element(at('damage-changed')).toBeVisible();
    store.dispatch({ kind: 'guess', guess: { kind: 'made', share: 0.5 } });
    await expect.element(page.getByText(/You guessed 50%/).first()).toBeVisible();
  },
  async layers(store) {
    store.dispatch({ kind: 'layerGuess', guess: { kind: 'made', layer: 'conv1' } });
    await userEvent.click(at('measure-layers'));
    await expect.element(at('chart-sensitivity')).toBeVisible();
  },
  async staircase(store) {
    await expect.element(at(store.getState().opened?.against ? 'cannot-train' : 'chart-learning')).toBeVisible();
  },
  async classify() {
    await userEvent.click(at('take-test-images'));
    await expect.element(at('classify-finding')).toHaveTextContent('On 6 of 6 photos');
  },
  async race() {
    await userEvent.click(at('race-start'));
    await expect.element(at('race-findings')).toHaveTextContent('8 bits take less time.');
  },
  async experiments() {
    await userEvent.click(page.getByRole('button', { name: /^Look into .*PTQ at 4 bits/ }));
    await expect.element(at('cell-detail')).toBeVisible();
  },
};

async function openScreen(store: AppStore, screen: ScreenName): Promise<void> {
  const { link, choice } = store.getState();
  store.dispatch({ kind: 'follow', link: { ...link, ...choice, screen } });
  await expect.poll(() => document.querySelector('main')?.dataset.screen).toBe(screen);
}

async function everything(comparison: Comparison): Promise<AppStore> {
  keepChoices(CHOICES);
  const store = show(`#images=${IMAGES}&bits=4`, comparison);
  store.dispatch({ kind: 'measureAll' });
  await expect.element(at('headline')).toBeVisible();
  await expect.poll(() => nextJob(store.getState()) === null, { timeout: 30_000 }).toBe(true);
  return store;
}

test('no screen has a word of accuracy for a network that does not know the images’ classes', async () => {
  const store = await everything('float');
  for (const screen of SCREENS.filter(isRead)) {
    await openScreen(store, screen);
    await expect.element(at('unlabelled')).toBeVisible();
    expect(accuracySaid(document.body), `${screen}, as it opens`).toEqual([]);
    await WORKED[screen](store);
    expect(accuracySaid(document.body), screen).toEqual([]);
  }
});

test('the reader finds accuracy on the same screens where the right answers are known', async () => {
  const store = await everything('labels');
  for (const screen of ['bill', 'layers', 'staircase'] as const) {
    await openScreen(store, screen);
    await WORKED[screen](store);
    expect(accuracySaid(document.querySelector('main') ?? document.body), screen).not.toEqual([]);
  }
});

test('the staircase says before anything is pressed that it cannot train, and the three ways to labels', async () => {
  show('#screen=staircase&bits=4', 'float');
  const cannot = at('cannot-train');
  await expect.element(cannot).toHaveTextContent('This network cannot be trained on these images');
  await expect.element(cannot).toHaveTextContent(WHY);
  for (const name of ['Train', 'One step'])
    expect(page.getByRole('button', { name, exact: true }).elements(), name).toHaveLength(0);
  await expect
    .element(cannot.getByRole('button', { name: 'Let it learn the classes of CIFAR-10 sample' }))
    .toBeVisible();
  await expect
    .element(cannot.getByRole('link', { name: 'To your own classes' }))
    .toHaveAttribute('href', expect.stringContaining('screen=classes'));
  await expect.element(cannot.getByRole('link', { name: /^Choose .*, which it knows$/ }).first()).toBeVisible();
});

test('a network from a file is told the names of its classes, and the way to the Data screen', async () => {
  show('#screen=staircase&model=own&bits=4', 'float');
  const cannot = at('cannot-train');
  await expect.element(cannot).toHaveTextContent('airplane, automobile, bird, cat, deer, dog and 4 more');
  await expect
    .element(cannot.getByRole('link', { name: 'To the Data screen' }))
    .toHaveAttribute('href', expect.stringContaining('screen=data'));
});

test.each([
  ['labels', true],
  ['float', false],
] as const)('with %s the figures of 2021 stand beside what was measured: %s', async (comparison, isBeside) => {
  const store = await everything(comparison);
  expect(at('published').elements()).toHaveLength(isBeside ? 1 : 0);
  expect(at('not-compared').elements()).toHaveLength(isBeside ? 0 : 1);
  await openScreen(store, 'experiments');
  await WORKED.experiments(store);
  const columns = at('grid-resnet18-cifar10').getByRole('columnheader').elements();
  expect(columns.some(({ textContent }) => textContent === 'PTQ 2021')).toBe(isBeside);
  expect(at('grid-agreement').elements()).toHaveLength(isBeside ? 0 : 1);
  const finding = at('grid-finding').element().textContent;
  expect(finding.includes('of 2021')).toBe(isBeside);
});
