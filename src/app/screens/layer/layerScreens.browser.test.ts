/** The three screens about single layers in a real Chromium, by pointer and by keyboard, with a lab that answers at the test's command. */
import { RECORDED } from '../../recorded/recorded.ts';
import { createElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { App } from '../../App.tsx';
import { parseLink } from '../../state/link.ts';
import { createAppStore } from '../../state/appStore.ts';
import '../../styles.ts';
import {
  createFakeLab,
  openedWith,
  scoreOfSettings,
  runOfSettings,
  stripOf,
  type Asked,
} from '../../testing/fakeLab.ts';
import { layerAnswer, manyLayersOf } from '../../testing/fakeLayers.ts';
import type { RunSettings } from '../../../contract/run.ts';

let root: Root | undefined;

/** Answers a call as a lab would, whatever it is about. */
async function answer(call: Asked): Promise<void> {
  const settings = call.args as RunSettings;
  const about = layerAnswer(call);
  if (about) return call.answer(about);
  if (call.kind === 'open') return call.answer(openedWith(100));
  if (call.kind === 'images') return call.answer(stripOf(100));
  if (call.kind === 'score') return call.answer(scoreOfSettings(settings, 2));
  return call.answer(runOfSettings(settings, 5));
}

/** @param held calls of this kind are left to the test */
function show(link: string, held: Asked['kind'] | null = null) {
  const lab = createFakeLab();
  const answering = {
    ...lab,
    call: ((...args: Parameters<typeof lab.call>) => {
      const result = lab.call(...args);
      const asked = lab.asked[lab.asked.length - 1];
      if (asked.kind !== held) void answer(asked);
      return result;
    }) as typeof lab.call,
  };
  const { link: parsed, problems } = parseLink(link);
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(createElement(App, { store: createAppStore(answering, parsed, RECORDED), lab: answering, problems }));
  return lab;
}

beforeEach(() => page.viewport(1280, 800));

afterEach(() => {
  root?.unmount();
  document.body.replaceChildren();
});

const at = (id: string) => page.getByTestId(id);
const text = (id: string) => expect.element(at(id));
const numberAt = (id: string): number => Number(at(id).element().getAttribute('value'));
const of = (lab: { readonly asked: readonly Asked[] }, kind: Asked['kind']): readonly Asked[] =>
  lab.asked.filter((call) => call.kind === kind);

/** A part of a chart, which is drawn once its box is laid out. */
async function drawn(selector: string): Promise<Element> {
  await expect.poll(() => document.querySelector(selector)).not.toBeNull();
  return document.querySelector(selector) as Element;
}

async function focus(id: string): Promise<void> {
  await expect.element(at(id)).toBeVisible();
  (at(id).element() as HTMLElement).focus();
}

describe('where the modern preset does not clip', () => {
  test.each([
    ['snap', 'bits=4', 'See what clipping would do', 'screen=clip'],
    ['clip', 'bits=4', 'Clip all the same, and see the accuracy', 'range=mse'],
  ])('%s says why, with a way to see it', async (screen, choice, name, target) => {
    show(`#screen=${screen}&${choice}`);
    await expect.element(page.getByRole('link', { name })).toHaveAttribute('href', expect.stringContaining(target));
    await text('unclipped').toHaveTextContent(/^At 4 bits the modern preset keeps the full range of the weights/);
  });

  test.each([
    ['snap', 'bits=8'],
    ['snap', 'bits=4&preset=2021'],
    ['clip', 'bits=4&preset=2021'],
    ['snap', 'bits=4&range=mse'],
  ])('%s with %s says nothing of it', async (screen, choice) => {
    show(`#screen=${screen}&${choice}`);
    await expect.element(at(`chart-${screen}`)).toBeInTheDocument();
    expect(page.getByTestId('unclipped').elements()).toHaveLength(0);
  });
});

describe('Snap', () => {
  test('a move of the slider redraws at once and asks the lab nothing', async () => {
    const lab = show('#screen=snap&bits=4');
    await text('finding-snap').toHaveTextContent(
      'At 4 bits each of the 100 weights becomes one of 16 values: SQNR 24.0 dB, 20% of them clamped.',
    );
    const slider = at('bits').element() as HTMLInputElement;
    const spikes = (): string | null => at('spikes').element().getAttribute('d');
    // Drawn once the chart's box is laid out.
    await expect.element(at('spikes')).toBeInTheDocument();
    const before = spikes();
    slider.focus();
    const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
    setter?.call(slider, '2');
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    await expect.poll(spikes).not.toBe(before);
    await text('finding-snap').toHaveTextContent(/^At 2 bits .* 4 values: SQNR 12\.0 dB/);
    expect(of(lab, 'snap')).toHaveLength(1);
  });

  test('follows a weight from the slider: clamped where the grid ends', async () => {
    show('#screen=snap&bits=4');
    await focus('weight');
    await userEvent.keyboard('{End}');
    await text('way-w').toHaveAttribute('value', '1');
    await text('way-ratio').toHaveTextContent('8');
    await text('way-code').toHaveAttribute('value', '7');
    expect(numberAt('way-back')).toBeCloseTo(0.875, 6);
    expect(numberAt('way-error')).toBeCloseTo(-0.125, 6);
    await expect.element(page.getByText('clamped to −8 … 7; stored as 0111')).toBeVisible();
    await userEvent.keyboard('{Home}');
    await text('way-code').toHaveAttribute('value', '-8');
    await expect.element(page.getByText('to −8 … 7; stored as 1000')).toBeVisible();
  });

  test('a click on the chart picks the nearest weight', async () => {
    show('#screen=snap&bits=4');
    await text('way-w').toBeVisible();
    const catcher = await drawn('.catcher');
    await userEvent.click(catcher, { position: { x: 5, y: 100 } });
    await text('way-w').toHaveAttribute('value', '-1');
  });

  test('another layer and another channel are asked for; the layer is in the link', async () => {
    const lab = show('#screen=snap&bits=4');
    await text('finding-snap').toBeVisible();
    expect(of(lab, 'snap')[0].args).toMatchObject({ layer: 'layer1.0.conv2', channel: null });
    await userEvent.selectOptions(at('layer'), 'layer1.0.conv1');
    await userEvent.selectOptions(at('channel'), 'channel 2');
    await expect.poll(() => of(lab, 'snap').at(-1)?.args).toMatchObject({ layer: 'layer1.0.conv1', channel: 2 });
    expect(location.hash).toContain('layer=layer1.0.conv1');
    await userEvent.selectOptions(at('channel'), 'all 4');
    await expect
      .element(page.getByText('Weights of layer1.0.conv1: how many, by w / s', { exact: true }))
      .toBeVisible();
    expect(of(lab, 'snap')).toHaveLength(3);
  });

  test('a failure is a sentence, and can be tried again', async () => {
    const lab = show('#screen=snap', 'snap');
    await expect.poll(() => of(lab, 'snap')).toHaveLength(1);
    await of(lab, 'snap')[0].fail('The weights are damaged.');
    await expect
      .element(page.getByRole('alert'))
      .toHaveTextContent('the weights of layer1.0.conv2 could not be measured: The weights are damaged.');
    await userEvent.click(page.getByRole('button', { name: 'Try again' }));
    await expect.poll(() => of(lab, 'snap')).toHaveLength(2);
  });

  test('what is no longer wanted is cancelled', async () => {
    const lab = show('#screen=snap', 'snap');
    await expect.poll(() => of(lab, 'snap')).toHaveLength(1);
    await userEvent.click(page.getByRole('link', { name: 'Data' }));
    await expect.poll(() => of(lab, 'snap')[0].options.signal?.aborted).toBe(true);
  });
});

describe('Clip or round?', () => {
  test('opens at min/max, says where the least is, and the keyboard goes there', async () => {
    show('#screen=clip&bits=4');
    await text('finding-clip').toHaveTextContent(
      'At 4 bits clipping the weights of layer1.0.conv2 at ±0.7, 70% of the largest, costs least: 1.8× less error than min/max.',
    );
    await text('yours').toHaveTextContent('At ±1: clipping 0% + rounding 10% = 10% of the signal, 1.8× the least.');
    await focus('threshold');
    await userEvent.keyboard('{ArrowLeft}{ArrowLeft}{ArrowLeft}');
    await text('yours').toHaveTextContent(
      'At ±0.7: clipping 0.81% + rounding 4.9% = 5.71% of the signal, 1.0× the least.',
    );
    await userEvent.click(at('method-minmax'));
    await text('yours').toHaveTextContent(/^At ±1:/);
  });

  test('the pointer drags the threshold on the chart', async () => {
    show('#screen=clip&bits=4');
    await text('yours').toBeVisible();
    const catcher = await drawn('.catcher');
    const { width } = catcher.getBoundingClientRect();
    await userEvent.click(catcher, { position: { x: width / 2, y: 120 } });
    await text('yours').toHaveTextContent(/^At ±0\.5:/);
  });

  test('an activation has one end; other bits need no other answer', async () => {
    const lab = show('#screen=clip&bits=4');
    await userEvent.click(page.getByRole('radio', { name: 'its activation' }));
    await text('yours').toHaveTextContent(/^At 1:/);
    expect(of(lab, 'clipCurve').at(-1)?.args).toMatchObject({ of: 'activation', channel: null });
    await userEvent.click(page.getByRole('button', { name: '2 bits' }));
    await text('finding-clip').toHaveTextContent(/^At 2 bits/);
    expect(of(lab, 'clipCurve')).toHaveLength(2);
  });
});

describe('Which layer hurts?', () => {
  test('the strip says its numbers, and arrow keys go along it', async () => {
    show('#screen=layers&bits=4');
    await text('finding-strip').toHaveTextContent(
      'The weights of layer1.0.conv2 are the noisiest, 22.0 dB at 4 bits; those of fc the cleanest, 45.0 dB at 8 bits.',
    );
    await expect
      .element(page.getByRole('button', { name: 'layer1.0.conv2: 22.0 dB at 4 bits' }))
      .toHaveAttribute('aria-pressed', 'true');
    await focus('cell-layer1.0.conv2');
    await userEvent.keyboard('{ArrowLeft}');
    await text('cell-layer1.0.conv1').toHaveFocus();
    await expect.element(page.getByRole('heading', { name: 'Inside layer1.0.conv1' })).toBeVisible();
    expect(document.querySelectorAll('.strip [tabindex="0"]')).toHaveLength(1);
    await userEvent.keyboard('{End}');
    await text('cell-fc').toHaveFocus();
    await userEvent.click(page.getByRole('radio', { name: 'SQNR of the activations, in dB' }));
    await expect.element(page.getByRole('button', { name: 'layer1.0.add: 20.0 dB at 4 bits' })).toBeVisible();
    expect(page.getByTestId('cell-fc').elements()).toHaveLength(0);
  });

  test('the guess comes first, and stays beside the ranking', async () => {
    const lab = show('#screen=layers&bits=4', 'sensitivity');
    await userEvent.click(at('cell-conv1'));
    await text('guessed-layer').toHaveValue('conv1');
    expect(page.getByTestId('measure-layers').elements()).toHaveLength(0);
    expect(of(lab, 'sensitivity')).toHaveLength(0);
    await userEvent.click(page.getByRole('button', { name: 'That is my guess' }));
    await expect.poll(() => of(lab, 'sensitivity')).toHaveLength(1);
    const [call] = of(lab, 'sensitivity');
    expect((call.args as RunSettings).images).toBe(100);
    call.options.onProgress?.({ stage: 'Measuring sensitivity', done: 3, total: 5, unit: 'layers' });
    await text('asking').toHaveTextContent('Measuring sensitivity, 3 of 5 layers');
    await answer(call);
    const outcome =
      'You guessed conv1, and no layer costs more for certain: 100 images cannot tell it from 3 others. With it alone quantized the network recognises 85.0%; by how far the answers move (KL) it is number 3 of these 4.';
    const finding =
      'layer1.0.conv2 hurts most: with it alone quantized the network recognises 80.0%, and 90.0% at 32 bits. Whether 3 other layers hurt as much, 100 images cannot tell.';
    await text('guess').toHaveTextContent(outcome);
    await text('finding-sensitivity').toHaveTextContent(finding);
    await text('announcement').toHaveTextContent(`${outcome} ${finding}`, { normalizeWhitespace: true });
    // Left and opened again: the guess is the page's, not the screen's.
    await userEvent.click(page.getByRole('link', { name: 'Data' }));
    await userEvent.click(page.getByRole('link', { name: 'Which layer hurts?' }));
    await text('guess').toHaveTextContent(outcome);
  });

  test('the layer is guessed in the form, too, which the strip follows', async () => {
    show('#screen=layers&bits=4');
    await userEvent.selectOptions(at('guessed-layer'), 'layer1.0.add');
    await expect.element(page.getByRole('heading', { name: 'Inside layer1.0.add' })).toBeVisible();
    await userEvent.selectOptions(at('guessed-layer'), 'layer1.0.conv1');
    await text('cell-layer1.0.conv1').toHaveAttribute('aria-pressed', 'true');
  });

  test('passed by, nothing is guessed and all can be measured', async () => {
    const lab = show('#screen=layers&bits=4');
    await userEvent.click(page.getByRole('button', { name: 'Just show me' }));
    await text('finding-sensitivity').toBeVisible();
    expect(page.getByTestId('guess').elements()).toHaveLength(0);
    expect(of(lab, 'sensitivity')).toHaveLength(1);
  });

  test('a link that hides the guess leaves the measuring', async () => {
    const lab = show('#screen=layers&bits=4&hide=guess');
    await userEvent.click(at('measure-layers'));
    await text('finding-sensitivity').toBeVisible();
    expect(page.getByTestId('guess').elements()).toHaveLength(0);
    expect(of(lab, 'sensitivity')).toHaveLength(1);
  });

  test('measuring can be cancelled and begun again', async () => {
    const lab = show('#screen=layers&bits=4', 'sensitivity');
    await userEvent.click(page.getByRole('button', { name: 'That is my guess' }));
    await expect.poll(() => of(lab, 'sensitivity')).toHaveLength(1);
    await userEvent.click(page.getByRole('main').getByRole('button', { name: 'Cancel' }));
    expect(of(lab, 'sensitivity')[0].options.signal?.aborted).toBe(true);
    await text('guess').toHaveTextContent('You guessed layer1.0.conv2. Measuring every layer will tell.');
    await userEvent.click(at('measure-layers'));
    await expect.poll(() => of(lab, 'sensitivity')).toHaveLength(2);
  });

  test('a layer from inside: the noisiest channel first, then any channel and pixel, and the path of that number', async () => {
    const lab = show('#screen=layers&bits=4');
    await text('finding-maps').toHaveTextContent('Channel 2 of layer1.0.conv2 at 4 bits: SQNR 9.5 dB');
    const painted = (): readonly number[] => [
      ...((at('map-difference').element() as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, 1, 1).data ?? []),
    ];
    await expect.poll(painted).toEqual([190, 80, 0, 255]);
    expect(of(lab, 'numberPath').at(-1)?.args).toMatchObject({ place: { y: 2, x: 2, channel: 2 } });
    await focus('pixel-x');
    await userEvent.keyboard('{ArrowRight}');
    await userEvent.click(at('map-channel'));
    await userEvent.keyboard('{Home}');
    await expect.poll(() => of(lab, 'numberPath').at(-1)?.args).toMatchObject({ place: { y: 2, x: 3, channel: 0 } });
    await userEvent.click(at('map-float'), { position: { x: 3, y: 3 } });
    await text('path-where').toHaveTextContent('layer1.0.conv2, channel 0, row 0, column 0');
    expect(
      ['sum', 'accumulator', 'scaled', 'rounded', 'shifted', 'code', 'real'].map((step) => numberAt(`path-${step}`)),
    ).toEqual([4, 10, 2.5, 2, 3, 3, 0.5]);
    await userEvent.click(page.getByText('The 3 largest of 3 products'));
    await expect.element(page.getByRole('row', { name: '0 0 0 2 3 6' })).toBeVisible();
  });

  test.each(['snap', 'clip', 'layers'])('%s is not wider than a small phone', async (screen) => {
    await page.viewport(360, 700);
    show(`#screen=${screen}&bits=4`);
    await expect.element(at(screen === 'layers' ? 'path-where' : `chart-${screen}`)).toBeInTheDocument();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
  });
});

describe('Which layer hurts? of a network of 54 layers', () => {
  const meet = (a: DOMRect, b: DOMRect): boolean =>
    a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;

  for (const [name, width, height, link] of [
    ['a desk', 1280, 800, ''],
    ['a projector', 1920, 1080, '&view=projector'],
    ['a phone', 390, 844, ''],
  ] as const) {
    test(`no name or number lies over another on ${name}`, async () => {
      await page.viewport(width, height);
      const lab = show(`#screen=layers&bits=4${link}`, 'layers');
      await expect.poll(() => of(lab, 'layers')).toHaveLength(1);
      const [asked] = of(lab, 'layers');
      await asked.answer(manyLayersOf((asked.args as { settings: RunSettings }).settings));
      await expect.element(at('cell-layer4.0.downsample')).toBeInTheDocument();
      const texts = [...document.querySelectorAll('.strip :is(.heading, .short, strong)')]
        .filter(({ textContent }) => textContent !== '')
        .map((element) => {
          const range = document.createRange();
          range.selectNodeContents(element);
          return { text: element.textContent, box: range.getBoundingClientRect() };
        });
      expect(document.querySelectorAll('.strip .cell')).toHaveLength(54);
      const over = texts.flatMap((one, i) =>
        texts
          .slice(i + 1)
          .filter(({ box }) => meet(one.box, box))
          .map(({ text: other }) => `${one.text} over ${other}`),
      );
      expect(over).toEqual([]);
      const out = [...document.querySelectorAll('.strip .cell')].filter((cell) => cell.scrollWidth > cell.clientWidth);
      expect(
        out.map(({ textContent }) => textContent),
        'what is wider than its cell',
      ).toEqual([]);
      expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(width);
    });
  }
});
