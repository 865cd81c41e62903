import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MODEL_NAMES } from '../../contract/catalogue.ts';
import { PRESET_NAMES } from '../../contract/settings.ts';
import { BITS } from '../../quant/types.ts';
import { formatLink, HIDEABLE, parseLink, THEMES, VIEWS } from './link.ts';
import { SCREENS } from '../names/screenNames.ts';
import { LESSON_NAMES, lessonNamed } from '../words/lessons/lessons.ts';

const DEFAULTS = {
  screen: 'bill',
  backend: 'auto',
  model: 'resnet20',
  dataset: 'cifar10-sample',
  side: 0,
  images: 1000,
  calibration: 512,
  bits: 8,
  preset: 'modern',
  seed: 1,
  theme: 'system',
  view: 'desk',
  hide: [],
  layer: '',
  plan: 'bits',
  lesson: 0,
  range: '',
  granularity: '',
  'first-last': '',
  sums: '',
  repair: '',
};

describe('a link', () => {
  test('that says nothing means the defaults', () => {
    expect(parseLink('')).toEqual({ link: DEFAULTS, problems: [] });
    expect(parseLink('#utm_source=newsletter')).toEqual({ link: DEFAULTS, problems: [] });
  });

  test('restores what it was made from', () => {
    fc.assert(
      fc.property(
        fc.record({
          screen: fc.constantFrom(...SCREENS),
          backend: fc.constantFrom('auto', 'webgpu', 'wasm', 'cpu'),
          model: fc.constantFrom(...MODEL_NAMES),
          dataset: fc.string({ minLength: 1, maxLength: 60 }),
          side: fc.oneof(fc.constant(0), fc.integer({ min: 16, max: 512 })),
          images: fc.integer({ min: 1, max: 10_000 }),
          calibration: fc.integer({ min: 1, max: 10_000 }),
          bits: fc.constantFrom(...BITS),
          preset: fc.constantFrom(...PRESET_NAMES),
          seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
          theme: fc.constantFrom(...THEMES),
          view: fc.constantFrom(...VIEWS),
          hide: fc.subarray([...HIDEABLE]),
          layer: fc.constantFrom('', 'conv1', 'layer3.2.conv2'),
          plan: fc.constantFrom(...LESSON_NAMES),
          lesson: fc.integer({ min: 0, max: 8 }),
          range: fc.constantFrom('', 'kl', 'mse/percentile99.99'),
          granularity: fc.constantFrom('', 'tensor', 'channel'),
          'first-last': fc.constantFrom('', 'same', '6'),
          sums: fc.constantFrom('', '8', '3'),
          repair: fc.constantFrom('', 'bias', 'cle,gptq'),
        }),
        (drawn) => {
          const link = { ...drawn, lesson: Math.min(drawn.lesson, lessonNamed(drawn.plan).steps.length) };
          expect(parseLink(formatLink(link))).toEqual({ link, problems: [] });
        },
      ),
    );
    expect(formatLink(parseLink('').link)).toBe('');
  });

  test('that names a network alone shows it the images that it knows', () => {
    expect(parseLink('#model=resnet50').link).toEqual({ ...DEFAULTS, model: 'resnet50', dataset: 'imagenette' });
    expect(parseLink('#model=resnet18&dataset=cifar10').link).toEqual({
      ...DEFAULTS,
      model: 'resnet18',
      dataset: 'cifar10',
    });
    expect(formatLink({ ...parseLink('').link, model: 'resnet50', dataset: 'imagenette' })).toBe('#model=resnet50');
  });

  test('of the older kind has its choices in the query; the fragment outranks it', () => {
    expect(parseLink('', '?bits=4&images=20').link).toEqual({ ...DEFAULTS, bits: 4, images: 20 });
    expect(parseLink('#bits=3', '?bits=4&images=20').link).toEqual({ ...DEFAULTS, bits: 3, images: 20 });
  });

  test.each([
    ['#images=many', 'images must be a whole number from 1 to 10000. Using 1000.'],
    ['#images=0', 'images must be'],
    ['#images=1e3', 'images must be'],
    ['#calibration=0', 'calibration must be a whole number from 1 to 10000. Using 512.'],
    ['#bits=9', 'bits must be one of 2, 3, 4, 5, 6, 7, 8. Using 8.'],
    ['#backend=cuda', 'backend must be one of auto, webgpu, wasm, cpu. Using auto.'],
    ['#preset=__proto__', 'preset must be one of modern, 2021'],
    ['#seed=-1', 'seed must be'],
    ['#lesson=9', 'lesson must be a whole number from 0 to 8. Using 0.'],
    ['#plan=maths', 'plan must be one of bits, mobilenet'],
    ['#range=constructor', 'range must be minmax, ema'],
    ['#repair=gptq,brecq', 'repair must be cle, gptq'],
    ['#first-last=99', 'first-last must be 2 to 8'],
    ['#sums=9', 'sums must be 2 to 8'],
    ['#hide=bits,everything', 'hide must be a list, with commas, of bits, presets'],
    ['#layer=<b>', 'layer must be the name of a layer. Using none.'],
    [
      `#dataset=${encodeURIComponent('cats\u202egnp')}`,
      'dataset=catsgnp; dataset must be a name of 1 to 60 characters, each of which can be seen. Using cifar10-sample.',
    ],
    [`#theme=${'x'.repeat(5000)}`, `theme=${'x'.repeat(40)}…; theme must be one of system, light, dark. Using system.`],
  ])('with %s is answered with a sentence', (query, sentence) => {
    const { link, problems } = parseLink(query);
    expect(link).toEqual(DEFAULTS);
    expect(problems).toEqual([expect.stringContaining(sentence)]);
  });

  test('of any kind whatever gives choices that are allowed, one sentence for each problem, and a link that has none', () => {
    const names = [
      'screen',
      'backend',
      'images',
      'bits',
      'preset',
      'seed',
      'theme',
      'view',
      'hide',
      'range',
      'granularity',
      'first-last',
      'sums',
      'repair',
      'constructor',
      '__proto__',
      'toString',
    ];
    const pair = fc.tuple(
      fc.constantFrom(...names),
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', '-0', 'NaN', '4', '%00', '<script>')),
    );
    const fragment = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pair).map((pairs) => `#${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`),
    );
    fc.assert(
      fc.property(fragment, (text) => {
        const { link, problems } = parseLink(text);
        expect(problems.length).toBeLessThanOrEqual(Object.keys(DEFAULTS).length);
        expect(Object.keys(link)).toEqual(Object.keys(DEFAULTS));
        expect(parseLink(formatLink(link))).toEqual({ link, problems: [] });
      }),
    );
  });
});
