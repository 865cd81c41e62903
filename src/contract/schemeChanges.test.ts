import { describe, expect, test } from 'vitest';
import { schemeFor } from '../quant/schemes.ts';
import { changedScheme, SCHEME_CHANGES } from './schemeChanges.ts';

const modern = schemeFor('modern', 4, 8);

describe('the arguments that change a scheme', () => {
  test('nothing given, nothing changed', () => {
    expect(changedScheme(modern, {})).toBe(modern);
    expect(SCHEME_CHANGES).toEqual(['range', 'granularity', 'first-last', 'sums', 'repair']);
  });

  test('each changes its field, and the name says so', () => {
    const given = {
      range: 'mse/percentile99.99',
      granularity: 'tensor',
      'first-last': 'same',
      sums: '8',
      repair: 'bias,cle,gptq',
    };
    expect(changedScheme(modern, given)).toEqual({
      ...modern,
      name: 'modern+range:mse/percentile99.99+granularity:tensor+first-last:same+sums:8+repair:bias,cle,gptq',
      weights: { granularity: 'perTensor', symmetric: true, range: 'mse' },
      activations: { range: 'percentile99.99' },
      firstLastBits: null,
      sumBits: 8,
      repairs: ['cle', 'gptq', 'bias'],
    });
    expect(changedScheme(modern, { range: 'kl' })).toMatchObject({
      weights: { range: 'kl' },
      activations: { range: 'kl' },
    });
  });

  test.each([
    ['range', 'max', /^--range is "max"; allowed: minmax, ema/],
    ['range', 'mse/', /^--range is "mse\/"/],
    ['granularity', 'row', '--granularity is "row"; allowed: tensor, channel.'],
    ['first-last', '9', /^--first-last is "9"; allowed: 2 to 8/],
    ['first-last', '', /^--first-last is ""/],
    ['sums', '9', /^--sums is "9"; allowed: 2 to 8/],
    ['repair', 'magic', /^--repair is "magic"; allowed: cle, gptq/],
    ['repair', 'gptq,brecq', /at most one of gptq, adaround, brecq/],
  ])('refuses --%s %j', (name, text, sentence) => {
    expect(() => changedScheme(modern, { [name]: text })).toThrow(sentence);
  });
});
