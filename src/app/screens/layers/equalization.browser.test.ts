/** The channels of one layer in a real Chromium: as trained and equalized, on one chart. */
import { createElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { changedPtqSettings } from '../../../contract/settings.ts';
import type { Lab } from '../../../lab/rpc/client.ts';
import { createFakeLab, type Asked } from '../../testing/fakeLab.ts';
import { channelsOf } from '../../testing/fakeLayers.ts';
import '../../styles.ts';
import { Channels } from './Channels.tsx';

type Args = Parameters<typeof channelsOf>[0];

let root: Root | undefined;

beforeEach(() => page.viewport(1280, 800));
afterEach(() => {
  root?.unmount();
  document.body.replaceChildren();
});

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 1, seed: 1 };

function show(repair: string | undefined, canBeEqualized = true): readonly Asked[] {
  const lab = createFakeLab();
  const equal = repair === 'cle';
  const answering = {
    ...lab,
    call: ((...args: Parameters<typeof lab.call>) => {
      const result = lab.call(...args);
      const asked = lab.asked[lab.asked.length - 1];
      const given = asked.args as Args;
      void asked.answer({ ...channelsOf({ equalized: equal, ...given }), canBeEqualized });
      return result;
    }) as Lab['call'],
  } as Lab;
  const settings = changedPtqSettings(workload, '2021', 8, { repair });
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(createElement(Channels, { lab: answering, settings, layer: 'conv1' }));
  return lab.asked;
}

const finding = () => expect.element(page.getByTestId('finding-channels'));
const sides = (asked: readonly Asked[]) => asked.map(({ args }) => (args as Args).equalized);

test('equalized ranges are asked for once they are wanted, and compared with those as trained', async () => {
  const asked = show(undefined);
  await finding().toHaveTextContent('the widest reaches 2.0× as far as the median one; yet all share one scale.');
  await expect.poll(() => document.querySelector('svg path.float32')).not.toBeNull();
  expect(sides(asked)).toEqual([undefined]);
  expect(document.querySelector('svg path.other')).toBeNull();
  await userEvent.click(page.getByTestId('equalized'));
  await finding().toHaveTextContent(
    'Equalized, the widest channel reaches 1.0× as far as the median one; as trained it was 2.0×.',
  );
  await expect.element(page.getByText('a bounded ReLU between them loses its bound')).toBeVisible();
  await expect.poll(() => document.querySelector('svg path.other')).not.toBeNull();
  await userEvent.click(page.getByTestId('as-trained'));
  await finding().toHaveTextContent('yet all share one scale');
  expect(sides(asked)).toEqual([undefined, true]);
});

test('of a network that is equalized the other side is as it was trained', async () => {
  const asked = show('cle');
  await expect.element(page.getByTestId('equalized')).toBeChecked();
  await userEvent.click(page.getByTestId('as-trained'));
  await finding().toHaveTextContent('yet all share one scale');
  expect(sides(asked)).toEqual([undefined, false]);
});

test('a layer that shares its channels with no other offers no choice', async () => {
  show(undefined, false);
  await finding().toHaveTextContent('yet all share one scale');
  expect(page.getByTestId('equalized').elements()).toHaveLength(0);
});
