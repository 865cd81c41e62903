/** A dotted word in a real Chromium: its meaning comes on a tap or on focus and goes on Escape; it stays one text. */
import { createElement, Fragment } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../styles.ts';
import { Explained } from './Explained.tsx';
import { hideMeaning } from './meaning.ts';
import { Meaning } from './Meaning.tsx';

let root: Root;
const TEXT = 'Its SQNR falls where one scale serves all.';

beforeEach(() => {
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(
    createElement(
      Fragment,
      null,
      createElement('p', null, createElement(Explained, null, TEXT)),
      createElement(Meaning),
    ),
  );
});

afterEach(() => {
  root.unmount();
  hideMeaning();
  document.body.replaceChildren();
});

const meaning = () => page.getByTestId('meaning');
const word = (name: string) => page.getByRole('button', { name, exact: true });

test('a sentence stays a sentence, and its words are buttons', async () => {
  await expect.element(page.getByText(TEXT)).toBeVisible();
  await expect.element(word('SQNR')).toBeVisible();
  await expect.element(word('scale')).toBeVisible();
  expect(meaning().query()).toBeNull();
});

test('the keyboard reaches a word, hears what it means, and puts it away', async () => {
  await expect.element(word('SQNR')).toBeVisible();
  await userEvent.keyboard('{Tab}');
  await expect.element(word('SQNR')).toHaveFocus();
  await expect.element(meaning()).toHaveTextContent('SQNR: how much stronger the signal is');
  await expect.element(word('SQNR')).toHaveAccessibleDescription(/^SQNR: how much stronger/);
  await userEvent.keyboard('{Tab}');
  await expect.element(meaning()).toHaveTextContent('scale: what one step of a grid is worth');
  await userEvent.keyboard('{Escape}');
  expect(meaning().query()).toBeNull();
  await expect.element(word('scale')).toHaveFocus();
});

test('a tap shows it inside the window, and a tap elsewhere puts it away', async () => {
  await page.viewport(360, 300);
  await userEvent.click(word('scale'));
  await expect.element(meaning()).toBeVisible();
  const { left, right, top, bottom } = meaning().element().getBoundingClientRect();
  expect(left).toBeGreaterThanOrEqual(0);
  expect(right).toBeLessThanOrEqual(360);
  expect(top).toBeGreaterThanOrEqual(0);
  expect(bottom).toBeLessThanOrEqual(300);
  await userEvent.click(document.documentElement, { position: { x: 300, y: 290 } });
  expect(meaning().query()).toBeNull();
});
