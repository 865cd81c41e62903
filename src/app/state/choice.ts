/** What is chosen on the page: the bitwidth, the preset, and what is changed in the preset. */
import { SCHEME_CHANGES, type SchemeChange } from '../../contract/schemeChanges.ts';
import type { Link } from './link.ts';
import { BITS } from '../../quant/types.ts';

/** The position of the bitwidth control, and what is changed in its preset. */
export type Choice = Pick<Link, 'preset' | 'bits' | SchemeChange>;

const UNCHANGED = Object.fromEntries(SCHEME_CHANGES.map((name) => [name, ''])) as { readonly [K in SchemeChange]: '' };

/** A preset as it is. */
export const plain = (choice: Pick<Choice, 'preset' | 'bits'>): Choice => ({ ...UNCHANGED, ...choice });

export const choiceOf = (link: Link): Choice => ({
  preset: link.preset,
  bits: link.bits,
  range: link.range,
  granularity: link.granularity,
  'first-last': link['first-last'],
  sums: link.sums,
  repair: link.repair,
});

/** Whether two choices are one. */
export const same = (a: Choice, b: Choice): boolean =>
  (Object.keys(a) as (keyof Choice)[]).every((name) => a[name] === b[name]);

/** Widths in the order in which the page shows and measures them: 8 first. */
export const WIDTHS = BITS.toReversed();
