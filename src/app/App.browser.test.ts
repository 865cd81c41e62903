/** The page in a real Chromium, with a lab that answers at the test's command. */
import { RECORDED } from './recorded/recorded.ts';
import { createElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { App } from './App.tsx';
import { parseLink } from './state/link.ts';
import { createAppStore } from './state/appStore.ts';
import './styles.ts';
import {
  createFakeLab,
  openedWith,
  previewOfSettings,
  scoreOfSettings,
  runOfSettings,
  stripOf,
  type Asked,
} from './testing/fakeLab.ts';
import type { RunSettings } from '../contract/run.ts';

let root: Root | undefined;

function show(query: string) {
  const lab = createFakeLab();
  const { link, problems } = parseLink(query);
  const container = document.body.appendChild(document.createElement('div'));
  root = createRoot(container);
  root.render(createElement(App, { store: createAppStore(lab, link, RECORDED), lab, problems }));
  return lab;
}

beforeEach(() => page.viewport(1280, 800));

afterEach(() => {
  root?.unmount();
  document.body.replaceChildren();
});

/** Answers calls, in order, until one of this kind and bitwidth is reached; gives that one. */
async function reach(lab: ReturnType<typeof createFakeLab>, kind: Asked['kind'], bits: number | null): Promise<Asked> {
  const widthOf = ({ args }: Asked): number | null => (args as RunSettings).scheme?.weightBits ?? null;
  for (let i = 0; ; i++) {
    await expect.poll(() => lab.asked.length).toBeGreaterThan(i);
    const call = lab.asked[i];
    const settings = call.args as RunSettings;
    if (call.kind === kind && widthOf(call) === bits) return call;
    if (call.kind === 'open') await call.answer(openedWith(100));
    else if (call.kind === 'images') await call.answer(stripOf(100));
    else if (call.kind === 'preview') await call.answer(previewOfSettings(settings, 8));
    else if (call.kind === 'score') await call.answer(scoreOfSettings(settings, 2));
    else await call.answer(runOfSettings(settings, widthOf(call) === null ? 5 : 12));
  }
}

const text = (id: string) => expect.element(page.getByTestId(id));

describe('the page', () => {
  test('names the device, the network and the data, and says what it measured', async () => {
    const lab = show('#bits=4');
    await (await reach(lab, 'score', 4)).answer(scoreOfSettings((lab.asked.at(-1) as Asked).args as RunSettings, 1));
    await text('device').toHaveTextContent('WebAssembly SIMD, 4 threads');
    await text('model').toHaveTextContent('ResNet-20, 0.27 M parameters');
    await text('model').toHaveAttribute('title', '41 M multiply-adds for an image');
    await text('dataset').toHaveTextContent(', 100 test images');
    await text('readout-top1').toHaveTextContent('88.0%');
    await text('readout-size').toHaveTextContent('136 kB');
    await text('headline').toHaveTextContent(
      'At 4 bits the network recognises 88.0% of 100 test images, 7.0 points fewer than at 32 bits, at 13% of the size.',
    );
    await text('top1-float32').toHaveTextContent('95.0%');
    await text('top1-modern-4').toHaveAttribute('value', '0.88');
    await text('size-modern-4').toHaveTextContent('136 kB');
    await text('latency-float32').toHaveTextContent('2.00 ms');
    await text('latency-modern-4').toHaveTextContent('1.00 ms');
    await expect
      .element(
        page.getByRole('img', { name: /^Top-1 accuracy, modern preset\. 32-bit float: 95\.0%; .*4 bits: 88\.0%/ }),
      )
      .toBeVisible();
  });

  test('the keyboard moves the control; numbers keep the name of what made them', async () => {
    const lab = show('#bits=8');
    await reach(lab, 'score', 8);
    const slider = page.getByRole('slider', { name: 'Bits of each weight and activation' });
    await expect.element(slider).toBeVisible();
    (slider.element() as HTMLElement).focus();
    await userEvent.keyboard('{ArrowRight}{ArrowRight}{ArrowRight}');
    await expect.element(slider).toHaveAttribute('aria-valuetext', '5 bits');
    await text('headline').toHaveTextContent(/^At 5 bits .* of 100 test images/);
    await text('waiting').toHaveTextContent('Recorded on');
    await reach(lab, 'score', 5);
    await text('headline').toHaveTextContent(/^At 5 bits .* of 100 test images/);
    expect(location.hash).toContain('bits=5');
  });

  test('tick buttons and presets choose too', async () => {
    const lab = show('#hide=guess');
    await reach(lab, 'evaluate', 8);
    await userEvent.click(page.getByRole('radio', { name: '2021' }));
    await userEvent.click(page.getByRole('button', { name: '3 bits', exact: true }));
    const call = await reach(lab, 'evaluate', 3);
    expect((call.args as RunSettings).scheme?.name).toBe('2021');
    await expect
      .element(page.getByRole('button', { name: '3 bits', exact: true }))
      .toHaveAttribute('aria-pressed', 'true');
  });

  test('work shows its progress, and can be cancelled and continued', async () => {
    const lab = show('');
    const call = await reach(lab, 'evaluate', 8);
    call.options.onProgress?.({ stage: 'Calibrating', done: 128, total: 512, unit: 'images' });
    await text('working').toHaveTextContent('Measuring 8 bits (modern) · Calibrating, 128 of 512 images');
    await expect.element(page.getByRole('progressbar')).toHaveAttribute('value', '128');
    await userEvent.click(page.getByRole('button', { name: 'Cancel' }));
    expect(call.options.signal?.aborted).toBe(true);
    await userEvent.click(page.getByRole('button', { name: 'Continue' }));
    await expect.poll(() => lab.asked.filter(({ kind }) => kind === 'evaluate')).toHaveLength(3);
  });

  test('an error is a sentence with a way on', async () => {
    const lab = show('#images=lots');
    await expect.element(page.getByText('images must be a whole number from 1 to 10000')).toBeVisible();
    await expect.poll(() => lab.asked.length).toBe(1);
    await lab.asked[0].fail('datasets/cifar10-sample/test.bin.gz is damaged.');
    await expect
      .element(page.getByRole('alert'))
      .toHaveTextContent('Opening the lab failed: datasets/cifar10-sample/test.bin.gz is damaged.');
    await userEvent.click(page.getByRole('button', { name: 'Try again' }));
    await reach(lab, 'evaluate', null);
    expect(page.getByRole('alert').elements()).toHaveLength(0);
  });

  test('images on which the two differ are marked in words, and can be shown alone', async () => {
    const lab = show('#bits=4');
    await reach(lab, 'score', null);
    await expect
      .element(page.getByText('4 bits (modern) and 32-bit float differ on 7 of 100 images: 7 lost, 0 won.'))
      .toBeVisible();
    expect(page.getByTestId('image-grid').getByRole('listitem').elements()).toHaveLength(12);
    await userEvent.click(page.getByTestId('only-flipped'));
    expect(page.getByTestId('image-grid').getByRole('listitem').elements()).toHaveLength(7);
    expect(page.getByText('≠ differ').elements()).toHaveLength(7);
  });

  test('the page opens with recorded results, marked as such, and measured ones replace them', async () => {
    const lab = show('#images=100');
    await text('headline').toHaveTextContent(/^At 8 bits the network recognises 90\.0% of 100 test images/);
    await text('waiting').toHaveTextContent(
      /^Recorded on 20\d\d-\d\d-\d\d \(.+\); what this machine measures will replace it\./,
    );
    await text('top1-recorded-modern-8').toBeVisible();
    await reach(lab, 'score', 8);
    await text('headline').toHaveTextContent('At 8 bits the network recognises 88.0% of 100 test images');
    await text('top1-modern-8').toHaveTextContent('88.0%');
    expect(page.getByTestId('waiting').elements()).toHaveLength(0);
    await text('announcement').toHaveTextContent(/^At 8 bits the network recognises 88\.0%/);
  });

  test('predict first: 4 bits and fewer wait for the guess, which then stays beside the result', async () => {
    const lab = show('');
    await reach(lab, 'score', 8);
    expect(page.getByTestId('top1-recorded-modern-4').elements()).toHaveLength(0);
    const form = page.getByRole('form', { name: 'Predict first' });
    await expect
      .element(form)
      .toHaveTextContent('32 bits get 95.0% of the images right. How many will 4 bits get right?');
    const slider = form.getByRole('slider');
    (slider.element() as HTMLElement).focus();
    await userEvent.keyboard('{ArrowRight}{ArrowRight}');
    await userEvent.click(form.getByRole('button', { name: 'That is my guess' }));
    await text('guess').toHaveTextContent(
      /^◇ You guessed 52% for 4 bits\. It is 8\d\.\d%: 4 bits do 3\d\.\d points better than you thought\.$/,
    );
    await userEvent.click(page.getByRole('button', { name: '4 bits' }));
    await reach(lab, 'score', 4);
    await text('guess').toHaveTextContent('It is 88.0%: 4 bits do 36.0 points better than you thought.');
    await expect.element(page.getByTestId('chart-accuracy').getByText('your guess')).toBeVisible();
  });

  test('a drag shows previews on their way to the measurement', async () => {
    const lab = show('#hide=guess');
    await reach(lab, 'score', 8);
    await userEvent.click(page.getByRole('button', { name: '3 bits', exact: true }));
    await reach(lab, 'evaluate', 3);
    await text('preview').toHaveTextContent('Preview: 3 bits (modern) gets 87.5% of 64 images right.');
  });

  test('each screen has a link; the control and what it measured stay', async () => {
    const lab = show('#bits=4');
    await reach(lab, 'score', 4);
    await userEvent.click(page.getByRole('link', { name: 'Data', exact: true }));
    await expect.element(page.getByRole('main', { name: 'Data' })).toBeVisible();
    await expect.element(page.getByRole('link', { name: 'Data', exact: true })).toHaveAttribute('aria-current', 'page');
    expect(location.hash).toBe('#screen=data&images=100&bits=4');
    await expect.element(page.getByTestId('bits')).toHaveAttribute('aria-valuetext', '4 bits');
    await userEvent.click(page.getByRole('link', { name: 'The bill', exact: true }));
    await text('headline').toHaveTextContent(/^At 4 bits/);
  });

  test('nothing is wider than a small phone', async () => {
    await page.viewport(360, 700);
    const lab = show('#bits=4');
    await reach(lab, 'score', 4);
    await text('top1-modern-4').toBeInTheDocument();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
    const menu = page.getByRole('button', { name: /^\d+\/\d+ The bill$/ });
    await expect.element(menu).toHaveAttribute('aria-expanded', 'false');
    expect(page.getByRole('link', { name: 'Data', exact: true }).elements()).toHaveLength(0);
    await userEvent.click(menu);
    await userEvent.click(page.getByRole('link', { name: 'Data', exact: true }));
    await expect.element(page.getByRole('main', { name: 'Data' })).toBeVisible();
    await expect
      .element(page.getByRole('button', { name: /^\d+\/\d+ Data$/ }))
      .toHaveAttribute('aria-expanded', 'false');
  });

  test('a link sets the look and hides what a teacher does not need; one button shows it again', async () => {
    show('#theme=dark&view=projector&hide=bits,view');
    await expect.poll(() => getComputedStyle(document.documentElement).colorScheme).toBe('dark');
    expect(Number.parseFloat(getComputedStyle(document.documentElement).fontSize)).toBeGreaterThanOrEqual(24);
    expect(page.getByTestId('bits').elements()).toHaveLength(0);
    await expect.element(page.getByRole('radio', { name: '2021' })).toBeVisible();
    await userEvent.click(page.getByRole('button', { name: 'Show the controls that this link hides' }));
    await expect.element(page.getByTestId('bits')).toBeVisible();
    await userEvent.click(page.getByRole('button', { name: 'Projector' }));
    await userEvent.click(page.getByRole('button', { name: 'Light' }));
    await expect.poll(() => location.hash).toBe('#theme=light');
    expect(Number.parseFloat(getComputedStyle(document.documentElement).fontSize)).toBeLessThan(24);
  });

  test('a chart gives its numbers as a table', async () => {
    const lab = show('#bits=4');
    await reach(lab, 'score', 4);
    const chart = page.getByTestId('chart-accuracy');
    await userEvent.click(chart.getByText('Top-1 accuracy with 95% interval, by bits as a table'));
    const cells = chart
      .getByRole('row')
      .elements()
      .map((row) => [...row.children].map(({ textContent }) => textContent));
    expect(cells).toEqual([
      ['Bits', 'Preset', 'Value', 'Low', 'High', 'From'],
      ['32-bit float', '', '95%', '89%', '98%', 'measured here'],
      expect.arrayContaining(['8 bits', 'modern', 'recorded']),
      ...[7, 6, 5].map((bits) => expect.arrayContaining([`${bits} bits`, 'recorded'])),
      ['4 bits', 'modern', '88%', '80%', '93%', 'measured here'],
      ...[3, 2].map((bits) => expect.arrayContaining([`${bits} bits`, 'recorded'])),
      ...[8, 7, 6, 5, 4, 3, 2].map((bits) => expect.arrayContaining([`${bits} bits`, '2021', 'recorded'])),
    ]);
  });
});
