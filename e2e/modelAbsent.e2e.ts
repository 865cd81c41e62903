/** A large network whose weights are not here: no screen is empty or mute, and recorded numbers say what they are. */
import { expect, test } from '@playwright/test';
import recorded from '../datasets/recorded/resnet18-imagenette.json' with { type: 'json' };
import { ENGINE_TITLES } from '../src/contract/engines.ts';
import { SCREENS } from '../src/app/names/screenNames.ts';

test('every screen says what is recorded, where, and how to get the network', async ({ page }) => {
  await page.goto('./#model=resnet18&dataset=imagenette&backend=wasm&bits=4&screen=snap');
  for (const screen of SCREENS) {
    await page.evaluate(
      (hash) => void (location.hash = hash),
      `#model=resnet18&dataset=imagenette&bits=4&screen=${screen}`,
    );
    await expect(page.locator(`main[data-screen="${screen}"]`)).toBeVisible();
    const notice = page.getByTestId('model-absent');
    await expect(notice.getByRole('heading'), screen).toHaveText('ResNet-18 is not open here yet');
    for (const part of [
      recorded.date,
      recorded.runs.find(({ settings }) => settings.scheme !== null)?.device.description ?? 'a quantized run',
      recorded.weights,
      ENGINE_TITLES.fewbit,
      'not measured here',
    ])
      await expect(notice, screen).toContainText(part);
    await expect(page.getByTestId('failure'), `${screen}: what is not here yet is no failure`).toHaveText(
      'Not here yet.',
    );
    await expect(page.getByTestId('absent'), screen).toHaveText(
      /^The weights of ResNet-18 are not here yet\. Download them/,
    );
    await expect(page.getByText('Top-1, recorded'), screen).toBeVisible();
    await expect(page.getByTestId('model'), screen).toHaveText('ResNet-18');
    await expect(page.locator('main').getByText(/^(Waiting for|Opening) /), `${screen} waits for nothing`).toHaveCount(
      0,
    );
    await expect(notice.getByRole('link', { name: 'Look at ResNet-20 meanwhile' }), screen).toBeVisible();
  }
  await page.evaluate(() => void (location.hash = '#model=resnet18&dataset=imagenette&bits=4&screen=layers'));
  await page.getByRole('link', { name: 'Get the network, on the Data screen' }).click();
  await expect(page.getByRole('button', { name: 'Download ResNet-18' })).toBeVisible();
  await page.getByRole('link', { name: 'Look at ResNet-20 meanwhile' }).click();
  await expect(page.getByTestId('model')).toContainText('ResNet-20, 0.27 M parameters');
  await expect(page.getByTestId('model-absent')).toHaveCount(0);
});
