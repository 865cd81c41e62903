/**
 * What each step of the lesson asks a class to do, done in the page by a script: the task, and the expected answer, found.
 * e2e/teaching.e2e.ts walks them in short.
 */
import type { Page } from 'playwright';
import { expect } from '@playwright/test';

export type Found = { readonly what: string; readonly value: string };

/** Does the step's task. @param within how long each answer may take, in milliseconds @returns the answers that were found */
export type Walk = (page: Page, within: number) => Promise<readonly Found[]>;

const press = (page: Page, name: string | RegExp): Promise<void> => page.getByRole('button', { name }).first().click();

const bits = (page: Page, width: number): Promise<void> =>
  page.getByRole('button', { name: `${width} bits`, exact: true }).click();

async function textOf(page: Page, id: string): Promise<string> {
  return ((await page.getByTestId(id).first().textContent()) ?? '').trim();
}

/** The accuracy in the dock, once it is this machine's own: between 0 and 1. */
async function measured(page: Page, within: number): Promise<number> {
  await expect(page.getByTestId('waiting')).toHaveCount(0, { timeout: within });
  await expect(page.getByTestId('readout-top1')).toHaveText(/%$/, { timeout: within });
  return Number.parseFloat(await textOf(page, 'readout-top1')) / 100;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

/** By the id of the lesson's step. */
export const WALKS: Readonly<Record<string, Walk>> = {
  async predict(page, within) {
    await expect(page.getByTestId('said').first()).toBeVisible({ timeout: within });
    const photo = await textOf(page, 'look');
    await press(page, 'That is my guess');
    await bits(page, 4);
    await expect(page.getByTestId('guess')).toContainText('You guessed 50% for 4 bits. It is', { timeout: within });
    const top1 = await measured(page, within);
    return [
      { what: 'the photo beside the slider', value: photo },
      { what: 'modern-4', value: percent(top1) },
    ];
  },
  async snap(page, within) {
    await bits(page, 3);
    await expect(page.getByText('becomes one of its channel’s 8 values')).toBeVisible({ timeout: within });
    return [{ what: 'spikes at 3 bits', value: '8' }];
  },
  async clip(page, within) {
    await expect(page.getByTestId('chart-clip').locator('.drawing')).toBeVisible({ timeout: within });
    await press(page, /^MSE: /);
    const sentence = page.getByText(/^At ±[\d.]+: clipping .+ \+ rounding .+ = .+ of the signal/);
    await expect(sentence).toBeVisible({ timeout: within });
    return [{ what: 'the least squared error at 4 bits', value: (await sentence.textContent()) ?? '' }];
  },
  async layers(page, within) {
    await press(page, /^conv1: .+ dB at 4 bits/);
    await press(page, 'That is my guess');
    await expect(page.getByTestId('chart-sensitivity').locator('.drawing')).toBeVisible({ timeout: within });
    return [{ what: 'the ranking', value: await textOf(page, 'finding-sensitivity') }];
  },
  async story(page, within) {
    const found: Found[] = [];
    for (const step of ['cliff', 'channels', 'ranges', 'ends', 'repair']) {
      await page.getByTestId(`story-${step}`).getByRole('button').first().click();
      await expect(page.getByTestId(`story-${step}`)).toHaveAttribute('aria-current', 'step', { timeout: within });
      found.push({ what: `story-${step}`, value: percent(await measured(page, within)) });
    }
    return found;
  },
  async staircase(page, within) {
    await expect(page.getByTestId('training')).toHaveAttribute('data-status', 'ready', { timeout: within });
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await expect(page.getByTestId('training-outcome')).toBeVisible({ timeout: within });
    return [{ what: 'trained-3', value: await textOf(page, 'training-outcome') }];
  },
  async classify(page, within) {
    await press(page, 'Take 6 test images');
    await expect(page.getByTestId('answer-5-2')).toBeVisible({ timeout: within });
    return [{ what: 'the last photo at 2 bits', value: await textOf(page, 'answer-5-2') }];
  },
  async larger(page, within) {
    await expect(page.getByTestId('headline')).toContainText('At 5 bits the network recognises', { timeout: within });
    await page.getByTestId('published').check();
    return [{ what: 'ResNet-50 at 5 bits, recorded', value: await textOf(page, 'headline') }];
  },
};
