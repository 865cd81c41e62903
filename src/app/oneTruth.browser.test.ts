/** One truth on every screen: choices are mixed at random, and each number that the page says twice is read and compared. */
import { createElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { App } from './App.tsx';
import { xoshiro128 } from '../base/random.ts';
import { float32Settings, networkKey, PRESET_NAMES, settingsKey } from '../contract/settings.ts';
import { offeredFor, SCHEME_CHANGES } from '../contract/schemeChanges.ts';
import type { RunSettings, ScoreResult } from '../contract/run.ts';
import { SCREENS } from './names/screenNames.ts';
import { RECORDED } from './recorded/recorded.ts';
import { createAppStore, type AppStore } from './state/appStore.ts';
import { WIDTHS } from './state/choice.ts';
import { parseLink } from './state/link.ts';
import { nextJob } from './state/nextJob.ts';
import {
  createFakeLab,
  openedWith,
  previewOfSettings,
  runOfSettings,
  scoreOfSettings,
  stripOf,
} from './testing/fakeLab.ts';
import { contradictionsIn, imagesSaid, numbersSaid } from './testing/numbersSaid.ts';
import './styles.ts';

let root: Root | undefined;

afterEach(() => {
  root?.unmount();
  document.body.replaceChildren();
});

/** As many images as the dataset has: recorded results are of these, too. */
const THERE = 1000;

/** A number that follows from the settings, as a measurement does: other images give another share. */
function wrongOf(settings: RunSettings): number {
  let hash = 7;
  for (const character of settingsKey(settings)) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0;
  return hash % Math.ceil(settings.images / 2);
}

/**
 * A race of this network with all that ran before it, as the lab's: none of two races takes as long as the other, and
 * our engine not as long as ONNX Runtime.
 */
function raceOf(settings: RunSettings, ran: Map<string, RunSettings>): ScoreResult {
  ran.set(networkKey(float32Settings(settings)), float32Settings(settings));
  ran.set(networkKey(settings), settings);
  races++;
  const score = scoreOfSettings(settings, 3 + races);
  const entries = [...ran.values()].map((each, place) => ({
    settings: each,
    latency: { ...score.latency, medianMs: 1 + 0.37 * races + 0.011 * place },
  }));
  return { ...score, race: { engine: 'fewbit', threads: 1, entries } };
}

let races = 0;

function show(hash: string): AppStore {
  const lab = createFakeLab();
  const { link, problems } = parseLink(hash);
  const store = createAppStore(lab, link, RECORDED);
  const container = document.body.appendChild(document.createElement('div'));
  root = createRoot(container);
  root.render(createElement(App, { store, lab, problems }));
  let answered = 0;
  const ran = new Map<string, RunSettings>();
  void (async () => {
    while (root) {
      const call = lab.asked.at(answered);
      if (!call) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        continue;
      }
      answered++;
      const settings = call.args as RunSettings;
      if (call.kind === 'open') await call.answer(openedWith(THERE));
      else if (call.kind === 'images') await call.answer(stripOf((call.args as { count: number }).count));
      else if (call.kind === 'preview') await call.answer(previewOfSettings(settings, 3));
      else if (call.kind === 'evaluate') await call.answer(runOfSettings(settings, wrongOf(settings)));
      else if (call.kind === 'score') await call.answer(raceOf(settings, ran));
    }
  })();
  return store;
}

/** How many places say a number of what is chosen, where all of them are shown. */
const LEAST_PLACES = 4;

const placesOf = (of: string): number => new Set([...(numbersSaid(document).get(of)?.values() ?? [])].flat()).size;

test('sample sizes, presets, changes and widths mixed at random never contradict each other', async () => {
  await page.viewport(1280, 800);
  const store = show('#hide=guess&images=200&bits=4');
  const next = xoshiro128([17, 2, 3, 4]);
  const pick = <T>(of: readonly T[]): T => of[next() % of.length];
  const idle = (): Promise<void> =>
    expect
      .poll(() => nextJob(store.getState()) === null, {
        timeout: 10_000,
      })
      .toBe(true);
  await expect.element(page.getByTestId('headline')).toBeVisible();
  for (let step = 0; step < 24; step++) {
    const { dispatch } = store;
    const what = pick(['bits', 'preset', 'change', 'plain', 'images', 'bits'] as const);
    if (what === 'bits') dispatch({ kind: 'choose', choice: { bits: pick(WIDTHS) } });
    if (what === 'preset') dispatch({ kind: 'choose', choice: { preset: pick(PRESET_NAMES) } });
    if (what === 'images') dispatch({ kind: 'testImages', images: pick([100, 200, 500, 1000]) });
    if (what === 'plain')
      dispatch({ kind: 'choose', choice: Object.fromEntries(SCHEME_CHANGES.map((name) => [name, ''])) });
    if (what === 'change') {
      const name = pick(SCHEME_CHANGES);
      dispatch({ kind: 'choose', choice: { [name]: pick(offeredFor(name)) } });
    }
    dispatch({ kind: 'rest' });
    await idle();
    const { choice, link } = store.getState();
    const at = `step ${step}, ${JSON.stringify({ ...choice, images: link.images })}`;
    await expect.poll(() => document.querySelector('[data-testid="idle"]'), { message: at }).not.toBeNull();
    expect(contradictionsIn(document), at).toEqual([]);
    expect([...imagesSaid(document)], at).toEqual([link.images.toLocaleString('en')]);
    for (const kind of ['top1', 'size', 'time'])
      expect(placesOf(`${kind} chosen`), `${kind} at ${at}`).toBeGreaterThanOrEqual(LEAST_PLACES);
  }
  const chosen = (): string[] => [...(numbersSaid(document).get('top1 chosen')?.keys() ?? [])];
  const before = chosen();
  expect(before).toHaveLength(1);
  for (const screen of SCREENS) {
    store.dispatch({ kind: 'follow', link: { ...store.getState().link, ...store.getState().choice, screen } });
    await expect.poll(() => document.querySelector('main')?.dataset.screen).toBe(screen);
    expect(contradictionsIn(document), screen).toEqual([]);
    expect(chosen(), screen).toEqual(before);
  }
}, 120_000);

/** What of a page is changed so that it contradicts the rest: the element, and what the reader then has to name. */
const PLANTED: readonly (readonly [what: string, selector: string, of: string])[] = [
  ['another accuracy in the table', 'section.results tr[aria-current] td:nth-child(3) data', 'top1 4 modern'],
  ['another size in the table', 'section.results tr[aria-current] td:nth-child(6) data', 'size 4 modern'],
  ['another time in the table', 'section.results tr[aria-current] td:nth-child(8) data', 'time 4 modern'],
  ['another accuracy in the dock', '[data-testid="readout-top1"]', 'top1 chosen'],
  ['another size in the dock', '[data-testid="readout-size"]', 'size chosen'],
  ['another float accuracy in the dock', '.readouts .top1 .float32', 'top1 32'],
  ['another accuracy in the headline', '[data-testid="headline"]', 'top1 chosen'],
  ['another accuracy on a card', 'dl.numbers > div:nth-child(1) .big', 'top1 chosen'],
  ['another size on a card', 'dl.numbers > div:nth-child(2) .big', 'size chosen'],
  ['another time on a card', 'dl.numbers > div:nth-child(3) .big', 'time chosen'],
  ['another float time on a card', 'dl.numbers > div:nth-child(3) .float32', 'time 32'],
  [
    'another sample’s accuracy in the chart',
    '[data-testid="chart-accuracy"] tbody tr:nth-child(6) td:nth-child(3) data',
    'top1 4 modern',
  ],
  [
    'another sample’s float in the chart',
    '[data-testid="chart-accuracy"] tbody tr:nth-child(1) td:nth-child(3) data',
    'top1 32',
  ],
  [
    'another size in its chart',
    '[data-testid="chart-size"] tbody tr:nth-child(6) td:nth-child(3) data',
    'size 4 modern',
  ],
  ['another time in its chart', '[data-testid="chart-time"] tbody tr:nth-child(2) td:nth-child(3) data', 'time'],
  ['another accuracy in the bill', '[data-testid="chart-bill"] tbody tr:nth-child(2) td:nth-child(4) data', 'top1'],
  ['another size in the bill', '[data-testid="chart-bill"] tbody tr:nth-child(2) td:nth-child(8) data', 'size'],
  ['another time in the bill', '[data-testid="chart-bill"] tbody tr:nth-child(2) td:nth-child(9) data', 'time'],
  ['another size in a sentence', '[data-testid="finding-size"]', 'size chosen'],
  ['another time in a sentence', '[data-testid="finding-time"]', 'time chosen'],
];

/** Changes what an element says, and gives back how it was. */
function plant(element: Element): () => void {
  const [html, value] = [element.innerHTML, element.getAttribute('value')];
  const number = /[\d,]+\.?\d*(?=%| kB| ms)/;
  if (value === null) element.textContent = (element.textContent ?? '').replace(number, '71.7');
  else element.setAttribute('value', String(Number(value) * 0.9));
  return () => {
    element.innerHTML = html;
    if (value !== null) element.setAttribute('value', value);
  };
}

test('the reader names each contradiction that is planted, and finds none where there is none', async () => {
  await page.viewport(1280, 800);
  const store = show('#hide=guess&images=200&bits=4');
  store.dispatch({ kind: 'measureAll' });
  await expect.poll(() => nextJob(store.getState()) === null, { timeout: 10_000 }).toBe(true);
  await expect.poll(() => document.querySelector('[data-testid="idle"]')).not.toBeNull();
  expect(contradictionsIn(document)).toEqual([]);
  for (const [what, selector, of] of PLANTED) {
    const element = document.querySelector(selector) ?? expect.unreachable(`${what}: nothing is at ${selector}`);
    const undo = plant(element);
    expect(contradictionsIn(document).join('\n'), what).toContain(of);
    undo();
    expect(contradictionsIn(document), `${what}, undone`).toEqual([]);
  }
  const note = document.querySelector('[data-testid="chart-accuracy"] .provenance') ?? expect.unreachable();
  note.append(' on 1,000 test images');
  expect([...imagesSaid(document)]).toEqual(['200', '1,000']);
}, 60_000);
