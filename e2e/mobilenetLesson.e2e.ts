/** The lesson of docs/teaching-mobilenet.md, led by the player, with a made model that has a real one's layers and their names. */
import { expect, test, type Page } from '@playwright/test';
import { mobilenet } from '../src/app/words/lessons/mobilenet.ts';
import { mobileTeachable } from '../src/weights/testing/mobileTeachable.ts';

/** So few, that it is soon done. */
const IMAGES = 12;

const own = (page: Page) => page.getByTestId('weights:own');
const change = (page: Page, label: string, choice: string): Promise<unknown> =>
  page.getByLabel(label).selectOption(choice);
/** It stays open from step to step where both are on one screen. */
async function openPreset(page: Page): Promise<void> {
  const form = page.locator('details.scheme-form');
  if ((await form.getAttribute('open')) === null) await form.locator('summary').click();
  await expect(form).toHaveAttribute('open', '');
}
const agreement = new RegExp(`answers [\\d.]+% of ${IMAGES} images as it does in 32 bits`);

async function bring(page: Page): Promise<void> {
  const { model, metadata, shards } = mobileTeachable(['mug', 'plant', 'hand'], 96);
  const parts = [['model.json', model], ['metadata.json', metadata ?? new Uint8Array()], ...shards] as const;
  await page.getByLabel('Or choose files').setInputFiles(
    parts.map(([name, content]) => ({
      name,
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(content),
    })),
  );
  await expect(own(page)).toHaveAttribute('data-state', 'ready');
}

/** What each step asks for, by its id. */
const STEPS: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  bring,
  async bends(page) {
    await expect(page.getByTestId('headline')).toContainText('At 8 bits the network recognises');
    await openPreset(page);
    await expect(page.getByLabel('Scales of the weights')).toHaveValue('tensor');
    await change(page, 'Scales of the weights', 'one for each channel');
    await expect(page).toHaveURL(/granularity=channel/);
  },
  async breaks(page) {
    await expect(page.getByTestId('unlabelled')).toContainText('no answer to them is right or wrong');
    await expect(page.getByTestId('headline')).toContainText(agreement);
    await openPreset(page);
    await change(page, 'Scales of the weights', 'one for each channel');
    await change(page, 'Repair after rounding', 'gain and bias correction');
    await expect(page).toHaveURL(/granularity=channel.*repair=gain/);
    await expect(page.getByTestId('headline')).toContainText(agreement);
  },
  async channels(page) {
    await expect(page.getByRole('heading', { name: 'Inside block_15_depthwise' })).toBeVisible();
    await expect(page.getByTestId('finding-channels')).toContainText('yet all share one scale');
    await page.getByRole('button', { name: /^block_15_project: / }).click();
    await expect(page.getByRole('heading', { name: 'Inside block_15_project' })).toBeVisible();
  },
  async equalize(page) {
    const finding = page.getByTestId('finding-channels');
    await expect(finding).toContainText('yet all share one scale');
    const before = Number.parseFloat(/reaches ([\d.]+)×/.exec((await finding.textContent()) ?? '')?.[1] ?? '');
    await page.getByTestId('equalized').check();
    await expect(finding).toContainText(`as trained it was ${before.toFixed(1)}×`);
    const after = Number.parseFloat(/reaches ([\d.]+)×/.exec((await finding.textContent()) ?? '')?.[1] ?? '');
    expect(after).toBeLessThan(before / 2);
    await expect(page.getByTestId('chart-channels')).toContainText('ranges of the other choice');
    await page.getByTestId('as-trained').check();
    await expect(finding).toContainText('yet all share one scale');
  },
  async narrow(page) {
    await page.getByRole('button', { name: '4 bits', exact: true }).click();
    await expect(page.getByTestId('headline')).toContainText('At 4 bits');
    await expect(page.getByTestId('headline')).toContainText(agreement);
    await page.locator('[data-testid=damage] button').first().click();
    await expect(page.getByTestId('damage-changed')).toBeVisible();
  },
};

test('the player leads a class and its own MobileNet through every step', async ({ page }, testInfo) => {
  test.slow();
  await page.goto(`./#screen=lesson&backend=wasm&images=${IMAGES}`);
  await page.getByRole('link', { name: mobilenet.question }).click();
  await expect(page).toHaveURL(/plan=mobilenet/);
  await expect(page.getByRole('heading', { name: mobilenet.title })).toBeVisible();
  await page.getByRole('link', { name: 'Start the lesson' }).click();
  const player = page.getByTestId('player');
  for (const [index, { id, title, link }] of mobilenet.steps.entries()) {
    await test.step(title, async () => {
      await expect(player).toContainText(`Step ${index + 1} of ${mobilenet.steps.length}: ${title}`);
      const screen = new URLSearchParams(link.slice(1)).get('screen') ?? '';
      await expect(page.locator('main')).toHaveAttribute('data-screen', screen);
      await STEPS[id](page);
      await page.screenshot({ path: testInfo.outputPath(`${id}.png`), fullPage: true });
      if (index + 1 < mobilenet.steps.length) await player.getByRole('link', { name: 'Next step' }).click();
    });
  }
  await player.getByRole('link', { name: 'End', exact: true }).click();
  await expect(player).toHaveCount(0);
});

test('without a model the steps say what is missing, and the worksheet has its answers', async ({ page }) => {
  await page.goto('./#screen=lesson&plan=mobilenet&backend=wasm&images=12');
  await page.getByText('Answers, for the teacher').nth(2).click();
  await expect(page.getByTestId('step-breaks')).toContainText('One scale for each tensor: ');
  await page.getByTestId('step-breaks').getByRole('link', { name: 'Open this step' }).click();
  await expect(page.locator('main')).toContainText('Your network is not here yet');
  await expect(page.getByTestId('player')).toContainText('Step 3 of 6');
});
