/** One truth on every screen: choices are mixed at random, and each number that the page says twice is read and compared. */
import { createElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { App } from './App.tsx';
import { xoshiro128 } from '../base/random.ts';
import { PRESET_NAMES, settingsKey } from '../contract/settings.ts';
import { offeredFor, SCHEME_CHANGES } from '../contract/schemeChanges.ts';
import type { RunSettings } from '../contract/run.ts';
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

function show(hash: string): AppStore {
  const lab = createFakeLab();
  const { link, problems } = parseLink(hash);
  const store = createAppStore(lab, link, RECORDED);
  const container = document.body.appendChild(document.createElement('div'));
  root = createRoot(container);
  root.render(createElement(App, { store, lab, problems }));
  let answered = 0;
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
      else if (call.kind === 'score') await call.answer(scoreOfSettings(settings, 2));
    }
  })();
  return store;
}

/** Every number by what it is of; two places that differ are two values. */
function numbersSaid(): Map<string, Set<string>> {
  const said = new Map<string, Set<string>>();
  const say = (what: string, value: string | null | undefined): void => {
    if (!value || !/\d/.test(value)) return;
    said.set(what, (said.get(what) ?? new Set()).add(value.trim()));
  };
  const cells = (row: Element): string[] => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent ?? '');
  const clean = (name: string): string => name.replace(/ recorded$/, '').trim();
  const bitsOf = (text: string): string => /^\d+/.exec(text)?.[0] ?? '';
  for (const row of document.querySelectorAll('section.results tbody tr')) {
    const [bits, name, top1, , , size] = cells(row);
    say(`top1 ${bitsOf(bits)} ${clean(name)}`, top1);
    say(`size ${bitsOf(bits)} ${clean(name)}`, size);
    if (row.getAttribute('aria-current')) {
      say('top1 chosen', top1);
      say('size chosen', size);
    }
  }
  for (const row of document.querySelectorAll('[data-testid="chart-accuracy"] tbody tr')) {
    const [bits, name, share] = cells(row);
    say(`share ${bitsOf(bits)} ${clean(name)}`, share);
  }
  for (const row of document.querySelectorAll('[data-testid="chart-size"] tbody tr')) {
    const [bits, name, size] = cells(row);
    say(`size ${bitsOf(bits)} ${clean(name)}`, `${size} kB`);
  }
  for (const row of document.querySelectorAll('[data-testid="chart-bill"] tbody tr')) {
    const [run, , bits, top1, , , , size] = cells(row);
    const name = /\((.*)\)$/.exec(run)?.[1] ?? '';
    say(`top1 ${bits} ${name}`, top1);
    say(`size ${bits} ${name}`, size);
  }
  const text = (id: string): string | null | undefined => document.querySelector(`[data-testid="${id}"]`)?.textContent;
  say('top1 chosen', text('readout-top1'));
  say('size chosen', text('readout-size'));
  say('top1 chosen', /^At \d bits the network recognises ([\d.]+%)/.exec(text('headline') ?? '')?.[1]);
  const [top1, size] = [...document.querySelectorAll('dl.numbers .big')].map((each) => each.textContent);
  say('top1 chosen', top1);
  say('size chosen', size);
  say('top1 chosen', document.querySelector('.story li[aria-current="step"] strong')?.textContent);
  return said;
}

/** How many test images every sentence speaks of. */
function imagesSaid(): Set<string> {
  const titles = [...document.querySelectorAll('main [title]')].map((each) => each.getAttribute('title') ?? '');
  const texts = [document.querySelector('main')?.textContent ?? '', ...titles];
  const found = texts.flatMap((each) =>
    [...each.matchAll(/(?:of|on) ([\d,]+) test images/g)].map(([, count]) => count),
  );
  // A preview says that it is one.
  const preview = document.querySelector('[data-testid="preview"]')?.textContent ?? '';
  return new Set(found.filter((count) => !preview.includes(`${count} test images`)));
}

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
    for (const [number, values] of numbersSaid()) expect([...values], `${number} at ${at}`).toHaveLength(1);
    expect([...imagesSaid()], at).toEqual([link.images.toLocaleString('en')]);
  }
  const before = [...(numbersSaid().get('top1 chosen') ?? [])];
  expect(before).toHaveLength(1);
  for (const screen of SCREENS) {
    store.dispatch({ kind: 'follow', link: { ...store.getState().link, ...store.getState().choice, screen } });
    await expect.poll(() => document.querySelector('main')?.dataset.screen).toBe(screen);
    for (const [number, values] of numbersSaid()) expect([...values], `${number} on ${screen}`).toHaveLength(1);
    expect([...(numbersSaid().get('top1 chosen') ?? [])], screen).toEqual(before);
  }
}, 120_000);
