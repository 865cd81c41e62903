/** The webcam of Classify: Chromium's made-up camera, asked for, shown, photographed, classified and closed. */
import { expect, test } from '@playwright/test';
import { CHROMIUM_ARGS, findChromium } from '../scripts/chromium.ts';

test.use({
  launchOptions: {
    executablePath: findChromium(),
    args: [...CHROMIUM_ARGS, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  },
});

test('a picture of the webcam is classified at every chosen bitwidth, and the camera is closed', async ({ page }) => {
  await page.goto('./#backend=wasm&images=50&calibration=32&hide=guess&screen=classify');
  await page.getByTestId('webcam-open').click();
  const video = page.getByLabel('What the webcam sees');
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.videoWidth)).toBeGreaterThan(0);
  const track = await video.evaluateHandle(
    (element: HTMLVideoElement) => (element.srcObject as MediaStream).getVideoTracks()[0],
  );
  await page.getByTestId('webcam-take').click();
  await expect(page.getByRole('rowheader', { name: /Webcam 1/ })).toBeVisible();
  for (const bits of [32, 8, 4, 2]) {
    const values = page.getByTestId(`answer-0-${bits}`).locator('data');
    // The time comes after the answers of all widths.
    await expect(values).toHaveCount(2);
    const [confidence, ms] = await values.evaluateAll((all) => all.map((each) => Number(each.getAttribute('value'))));
    expect(confidence).toBeGreaterThan(0.1);
    expect(ms).toBeGreaterThan(0);
  }
  const colours = await page
    .getByTestId('classified')
    .locator('canvas')
    .first()
    .evaluate(
      (canvas: HTMLCanvasElement) =>
        new Set(canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data).size,
    );
  expect(colours, 'the picture is no black frame').toBeGreaterThan(10);
  await page.getByRole('button', { name: 'Close the webcam' }).click();
  await expect(video).toHaveCount(0);
  expect(await track.evaluate(({ readyState }) => readyState)).toBe('ended');
});
