/** Who races in a network's race. */
import { BITS, type Bits } from '../../src/quant/types.ts';
import type { ModelName } from './options.ts';
import type { Contender } from './rows.ts';

/** Bits of weights and activations of a form like 'w4a8'; null for 'fp32'. */
export function bitsOfForm(form: string): { readonly weightBits: Bits; readonly activationBits: Bits } | null {
  if (form === 'fp32') return null;
  const [weightBits, activationBits] = (/^w(\d)a(\d)$/.exec(form) ?? []).slice(1).map(Number);
  const known = (bits: number): bits is Bits => (BITS as readonly number[]).includes(bits);
  if (!known(weightBits) || !known(activationBits))
    throw new Error(`"${form}" is no form: fp32, or wXaY of 2 to 8 bits.`);
  return { weightBits, activationBits };
}

const EQUAL = BITS.toReversed().map((bits) => `w${bits}a${bits}`);
const MIXED = ['w4a8', 'w2a8', 'w2a4', 'w2a3'];
const PEERS = ['fp32', 'w8a8', 'w4a4'];
/** What shows how threads help, and what an engine without relaxed SIMD does. */
const FEW = ['fp32', 'w8a8', 'w4a4', 'w2a2'];

/**
 * In the order of their turns. A race for one thread has every form; one for two has few, of our engine with one thread, too:
 * what two gain is a ratio within one race.
 */
export function contendersOf(model: ModelName, race: number, litert: boolean): readonly Contender[] {
  const of = (engine: Contender['engine'], forms: readonly string[], threads: number): Contender[] =>
    forms.map((form) => ({ engine, form, threads }));
  const peers = of('onnxruntime', PEERS, race);
  if (race > 1) return [...of('fewbit', FEW, 1), ...of('fewbit', FEW, race), ...peers];
  return [
    ...of('fewbit', ['fp32', ...EQUAL, ...MIXED], 1),
    ...of('fewbit', FEW, 1).map((contender) => ({ ...contender, withoutRelaxed: true })),
    ...peers,
    // Its files are of this one network, and it is asked for one thread only.
    ...(litert && model === 'resnet8' ? of('litert', ['fp32', 'w8a8'], 1) : []),
  ];
}
