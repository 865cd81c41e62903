/** The path of a number as steps that can be read aloud: one rule for each kind of layer. */
import type { NumberPath } from '../../../contract/calls/inspect.ts';
import { count } from '../../text/format.ts';
import { WORDS } from '../../words/words.ts';
import { bitPattern, real, whole } from '../layer/numbers.ts';
import type { StepOf } from '../layer/Steps.tsx';

type Path = NumberPath['path'];
type Of<Kind extends Path['kind']> = Extract<Path, { readonly kind: Kind }>;

const words = WORDS.path.steps;

const step = (
  id: string,
  kind: StepOf['kind'],
  { name }: { readonly name: string },
  value: string,
  number: number,
  note: string,
): StepOf => ({ id, kind, name, value, number, note });

function summed({ terms, sum, bias, accumulator }: Of<'conv'> | Of<'linear'>): readonly StepOf[] {
  const outside = terms.inside.reduce((n, inside) => n + (inside ? 0 : 1), 0);
  return [
    step(
      'sum',
      'quantized',
      words.sum,
      whole(sum),
      sum,
      words.sum.note(count(terms.product.length), outside > 0 ? count(outside) : ''),
    ),
    step(
      'accumulator',
      'quantized',
      words.accumulator,
      whole(accumulator),
      accumulator,
      words.accumulator.note(whole(bias)),
    ),
  ];
}

/** From the scaled accumulator to a code. */
function requantized(
  { scaled, rounded, shifted, output }: Of<'conv'> | Of<'globalAvgPool'>,
  scaledStep: StepOf,
): readonly StepOf[] {
  return [
    { ...scaledStep, value: real(scaled), number: scaled },
    step('rounded', 'quantized', words.rounded, whole(rounded), rounded, words.rounded.note),
    step('shifted', 'quantized', words.shifted, whole(shifted), shifted, words.shifted.note(whole(output.zeroPoint))),
  ];
}

function coded(
  { code, real: meant, output }: Exclude<Path, { readonly kind: 'linear' }>,
  before: number,
): readonly StepOf[] {
  const { qmin, qmax, scale, bits } = output;
  const kind = Math.abs(code - before) > 0.5 ? 'error' : 'quantized';
  return [
    step(
      'code',
      kind,
      words.code,
      whole(code),
      code,
      words.code.note(whole(qmin), whole(qmax), bitPattern(code, bits)),
    ),
    step('real', 'quantized', words.real, real(meant), meant, words.real.note(real(scale))),
  ];
}

type Rule<Kind extends Path['kind']> = (path: Of<Kind>, inputs: readonly string[]) => readonly StepOf[];

const STEPS: { readonly [Kind in Path['kind']]: Rule<Kind> } = {
  conv: (path) => [
    ...summed(path),
    ...requantized(path, step('scaled', 'quantized', words.scaled, '', 0, words.scaled.note(real(path.multiplier)))),
    ...coded(path, path.shifted),
  ],

  linear: (path) => [
    ...summed(path),
    step('logit', 'quantized', words.logit, real(path.logit), path.logit, words.logit.note(real(path.multiplier))),
  ],

  add: (path, inputs) => [
    addend('a', path.reals[0], inputs[0], path.codes[0]),
    addend('b', path.reals[1], inputs[1], path.codes[1]),
    step('sum', 'quantized', words.added, real(path.sum), path.sum, words.added.note),
    step(
      'level',
      'quantized',
      words.level,
      real(path.level),
      path.level,
      words.level.note(real(path.output.scale), whole(path.output.zeroPoint)),
    ),
    ...coded(path, path.level),
  ],

  maxPool: (path) =>
    coded(path, path.code).map((one) =>
      one.id === 'code'
        ? { ...one, name: words.greatest.name, note: words.greatest.note(count(path.terms.code.length)) }
        : one,
    ),

  globalAvgPool: (path) => [
    step(
      'sum',
      'quantized',
      words.total,
      whole(path.accumulator),
      path.accumulator,
      words.total.note(count(path.terms.code.length)),
    ),
    ...requantized(
      path,
      step('scaled', 'quantized', words.scaledMean, '', 0, words.scaledMean.note(real(path.multiplier))),
    ),
    ...coded(path, path.shifted),
  ],
};

const addend = (id: 'a' | 'b', value: number, input: string, code: number): StepOf =>
  step(id, 'quantized', { name: words.addend.name(id) }, real(value), value, words.addend.note(input, whole(code)));

/** @param inputs the names of the tensors that the layer reads */
export const pathSteps = (path: Path, inputs: readonly string[]): readonly StepOf[] =>
  (STEPS[path.kind] as Rule<Path['kind']>)(path, inputs);

export type Term = {
  readonly y: number;
  readonly x: number;
  readonly channel: number;
  readonly inside: boolean;
  readonly centred: number;
  readonly centredWeight: number;
  readonly product: number;
};

/** The products of a convolution or the classifier, the largest first; of other layers none. */
export function productsOf(path: Path): readonly Term[] {
  if (path.kind !== 'conv' && path.kind !== 'linear') return [];
  const { terms } = path;
  return Array.from(terms.product, (product, i) => ({
    y: terms.y[i],
    x: terms.x[i],
    channel: terms.channel[i],
    inside: terms.inside[i] === 1,
    centred: terms.centred[i],
    centredWeight: terms.centredWeight[i],
    product,
  })).sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
}
