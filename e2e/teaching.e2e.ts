/** The lesson of docs/teaching.md, walked link by link as a teacher would: what each step asks for is there, or one press away. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';

const LESSON = readFileSync(join(import.meta.dirname, '..', 'docs', 'teaching.md'), 'utf8');
const LINKS = [...LESSON.matchAll(/^`(#screen=\S+)`$/gm)].map(([, link]) => link);

type Recorded = {
  readonly runs: readonly {
    readonly top1: number;
    readonly settings: { readonly scheme: { readonly name: string; readonly weightBits: number } | null };
  }[];
};

const RECORDED = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', 'datasets', 'recorded', 'resnet20-cifar10-sample.json'), 'utf8'),
) as Recorded;

/** What the page shows of the bundled network before it has measured anything itself, as it writes it. */
function recordedTop1(bits: number): string {
  const found = RECORDED.runs.find(
    ({ settings: { scheme } }) => scheme?.name === 'modern' && scheme.weightBits === bits,
  );
  if (!found) throw new Error(`resnet20-cifar10-sample.json: nothing is recorded at ${bits} bits.`);
  return `${(100 * found.top1).toFixed(1)}%`;
}

const press = (page: Page, name: string | RegExp): Promise<void> => page.getByRole('button', { name }).click();

/** One for each link, in the lesson's order. */
const STEPS: readonly ((page: Page) => Promise<void>)[] = [
  async function predict(page) {
    await expect(page.getByTestId('headline')).toContainText(`At 8 bits the network recognises ${recordedTop1(8)}`);
    await press(page, 'That is my guess');
    await page.getByRole('button', { name: '4 bits', exact: true }).click();
    await expect(page.getByTestId('guess')).toContainText(`You guessed 50% for 4 bits. It is ${recordedTop1(4)}`);
    await expect(page.getByText('your guess')).toBeVisible();
  },
  async function snap(page) {
    await page.getByRole('button', { name: '3 bits', exact: true }).click();
    await expect(page.getByText('becomes one of its channel’s 8 values')).toBeVisible();
    await expect(page.getByText('s (q − z)')).toBeVisible();
  },
  async function clip(page) {
    await expect(page.getByText('costs least: 2.9× less error than min/max')).toBeVisible();
    await press(page, /^MSE: /);
    await expect(page.getByText(/^At ±0\.178: clipping .+ \+ rounding .+ = .+ of the signal/)).toBeVisible();
  },
  async function layers(page) {
    await press(page, /^conv1: .+ dB at 4 bits/);
    await expect(page.getByLabel('My guess')).toHaveValue('conv1');
    await expect(page.getByRole('button', { name: 'That is my guess' })).toBeEnabled();
    await expect(page.getByText('yet all share one scale')).toBeVisible();
  },
  async function bill(page) {
    await page.getByTestId('published').check();
    await expect(page.getByText('published, V100, 2021: rounded, trained')).toBeVisible();
    for (const step of [
      '2 A scale for each channel',
      '3 Searched ranges',
      '4 First and last at 8 bits',
      '5 Repair gain and bias',
    ])
      await expect(page.getByRole('button', { name: step })).toBeVisible();
    await press(page, '2 A scale for each channel');
    await expect(page.getByTestId('story-channels')).toHaveAttribute('aria-current', 'step');
    await page.getByText('Change the preset', { exact: true }).click();
    await page.getByLabel('Repair after rounding').selectOption('bias correction');
    await expect(page).toHaveURL(/repair=bias/);
  },
  async function staircase(page) {
    await press(page, 'One step');
    await expect(page.getByTestId('training')).toHaveAttribute('data-step', '1');
    await expect(page.getByText('The true slope is 0, so no weight would ever move')).toBeVisible();
  },
  async function classify(page) {
    await press(page, 'Take 6 test images');
    await expect(page.getByTestId('answer-5-2')).toBeVisible();
  },
  async function larger(page) {
    await expect(page.getByTestId('headline')).toContainText(
      'At 5 bits the network recognises 95.4% of 500 test images',
    );
    await expect(page.getByTestId('announcement')).toContainText('The weights of ResNet-50 are not here yet');
    await page.getByTestId('published').check();
    await expect(page.getByText('published, V100, 2021: rounded, trained')).toBeVisible();
  },
];

test('every link of the lesson shows what its step asks for', async ({ page }) => {
  expect(LINKS).toHaveLength(STEPS.length);
  for (const [index, link] of LINKS.entries()) {
    await test.step(link, async () => {
      await page.goto(`./${link}&backend=wasm`);
      await expect(page.locator('main')).toHaveAttribute(
        'data-screen',
        new URLSearchParams(link.slice(1)).get('screen') ?? '',
      );
      await STEPS[index](page);
    });
  }
});

test('the player leads through the lesson: questions one after another, the time that is left, the next step', async ({
  page,
}) => {
  await page.goto('./#screen=lesson&backend=wasm&images=50');
  await page.getByRole('link', { name: 'Start the lesson' }).click();
  const player = page.getByTestId('player');
  await expect(player).toContainText('Step 1 of 8: Predict');
  await expect(page.getByRole('timer')).toHaveText(/^[45]:\d\d left$/);
  await player.getByRole('button', { name: 'Next question' }).click();
  await expect(page.getByTestId('point')).toContainText('2/3 Everybody enters a guess');
  await player.getByRole('link', { name: 'Next step' }).click();
  await expect(page.locator('main')).toHaveAttribute('data-screen', 'snap');
  await expect(player).toContainText('Step 2 of 8: Snap');
  await expect(page.getByTestId('point')).toContainText('1/4 Move the slider');
  await player.getByRole('link', { name: 'End', exact: true }).click();
  await expect(player).toHaveCount(0);
});

test('the worksheet prints with a name, a date and no answers; the snippet shows one screen in another page', async ({
  page,
}) => {
  await page.goto('./#screen=lesson&backend=wasm&images=50');
  await page.getByText('Answers, for the teacher').first().click();
  await expect(page.getByTestId('step-predict')).toContainText(`4 bits: ${recordedTop1(4)} (`);
  await page.getByTestId('embed-screen').selectOption('Snap');
  const snippet = await page.getByTestId('snippet').inputValue();
  const address = /src="([^"]+)"/.exec(snippet)?.[1].replaceAll('&amp;', '&') ?? '';
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByText('Name', { exact: true })).toBeVisible();
  await expect(page.getByText(`4 bits: ${recordedTop1(4)} (`)).toBeHidden();
  await page.emulateMedia({ media: 'screen' });
  await page.goto(address);
  await expect(page.locator('main')).toHaveAttribute('data-screen', 'snap');
  await expect(page.locator('nav.screens')).toHaveCount(0);
});

test('a dotted word says what it means on focus, and Escape puts it away', async ({ page }) => {
  await page.goto('./#screen=bill&backend=wasm&images=50');
  const word = page.getByTestId('chart-accuracy').getByRole('button', { name: 'preset', exact: true });
  await word.focus();
  await expect(page.getByTestId('meaning')).toContainText('preset: a ready choice of how to round');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('meaning')).toHaveCount(0);
  await expect(page.getByTestId('look').getByTestId('said')).toHaveCount(2);
});
