/** Words of the form that changes a preset. */
import type { SchemeChange } from '../../contract/schemeChanges.ts';
import { rangeNames } from './rangeMethods.ts';

type ChangeWords = { readonly label: string; readonly about: string; readonly names: Readonly<Record<string, string>> };

export const schemeChoice = {
  title: 'Change the preset',
  intro: 'Each choice is measured as the slider is. The link in the address keeps it.',
  trained: 'trained',
  /** A change as part of a name; `name` is what its value is called. */
  said: {
    range: (_value: string, name: string) => `ranges: ${name}`,
    granularity: (value: string) => (value === 'channel' ? 'a scale for each channel' : 'one scale for each tensor'),
    'first-last': (value: string) =>
      value === 'same' ? 'first and last layer as all others' : `first and last layer at ${value} bits`,
    sums: (value: string) => `sums of ${value} bits`,
    repair: (_value: string, name: string) => name,
  } satisfies { readonly [K in SchemeChange]: (value: string, name: string) => string } as {
    readonly [K in SchemeChange]: (value: string, name: string) => string;
  },
  asPreset: 'as in the preset',
  changes: {
    range: {
      label: 'Ranges',
      about:
        'Where the grid of codes ends: at the extremes, or nearer, where clipping a few costs less than rounding all more coarsely.',
      names: rangeNames,
    },
    granularity: {
      label: 'Scales of the weights',
      about: 'One scale for a whole tensor lets its largest channel round all others coarsely.',
      names: { tensor: 'one for each tensor', channel: 'one for each channel' },
    },
    'first-last': {
      label: 'First and last layer',
      about: 'They hold few of the weights, and their errors reach everything.',
      names: { 8: '8 bits', same: 'as all others' },
    },
    sums: {
      label: 'What is only added up',
      about:
        'Where two paths meet, their values are added, not multiplied. Keeping 8 bits there makes no product wider and no file larger.',
      names: { 8: '8 bits' },
    },
    repair: {
      label: 'Repair after rounding',
      about:
        'From bias correction, done in a moment, to block reconstruction, which takes minutes. A repair that moves the output away from the float network is dropped.',
      names: {
        cle: 'cross-layer equalization',
        bias: 'bias correction',
        gain: 'gain and bias correction',
        gptq: 'GPTQ',
        adaround: 'AdaRound',
        brecq: 'BRECQ',
        'cle,bias': 'equalization and bias',
        'cle,gain': 'equalization, gain and bias',
      },
    },
  } satisfies { readonly [K in SchemeChange]: ChangeWords } as { readonly [K in SchemeChange]: ChangeWords },
};
