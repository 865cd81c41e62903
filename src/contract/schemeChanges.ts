/**
 * What an argument of the headless twin or a link of the page may change in a preset's scheme. Each change is
 * checked as the scheme is.
 */
import { parseScheme } from '../quant/schemes.ts';
import { RANGE_METHODS, REPAIRS, type QuantScheme } from '../quant/types.ts';

/** Values of the command line by name, without the dashes, or of a link. */
export type Given = Readonly<Record<string, string | undefined>>;

/** How one argument changes a scheme. The result is checked by {@link parseScheme}. */
type Change = {
  readonly allowed: string;
  /** What a form offers, of all that is allowed. */
  readonly offered: readonly string[];
  readonly apply: (scheme: QuantScheme, text: string) => unknown;
};

const CHANGES = {
  range: {
    allowed: `${RANGE_METHODS.join(', ')}; or two of them, of weights and of activations, as mse/percentile99.99`,
    offered: RANGE_METHODS,
    apply(scheme, text) {
      const [weights, activations = weights] = text.split('/');
      return { ...scheme, weights: { ...scheme.weights, range: weights }, activations: { range: activations } };
    },
  },
  granularity: {
    allowed: 'tensor, channel',
    offered: ['tensor', 'channel'],
    apply: (scheme, text) => ({
      ...scheme,
      weights: { ...scheme.weights, granularity: { tensor: 'perTensor', channel: 'perChannel' }[text] },
    }),
  },
  'first-last': {
    allowed: '2 to 8 (bits of the first convolution and the classifier), same',
    offered: ['8', 'same'],
    apply: (scheme, text) => ({ ...scheme, firstLastBits: text === 'same' ? null : Number(text) }),
  },
  sums: {
    allowed: '2 to 8 (bits of activations that are only added up, which no product reads)',
    offered: ['8'],
    apply: (scheme, text) => ({ ...scheme, sumBits: Number(text) }),
  },
  repair: {
    allowed: `${REPAIRS.join(', ')}, with commas between; at most one of gptq, adaround, brecq; at most one of bias, gain, and with neither adaround nor brecq`,
    offered: [...REPAIRS, 'cle,bias', 'cle,gain'],
    apply: (scheme, text) => ({ ...scheme, repairs: text.split(',') }),
  },
} as const satisfies Readonly<Record<string, Change>>;

export type SchemeChange = keyof typeof CHANGES;
export const SCHEME_CHANGES = Object.keys(CHANGES) as SchemeChange[];

/** What is changed in a preset; absent or empty: nothing. */
export type Changes = { readonly [K in SchemeChange]?: string };

/** The values of a change that a form offers. */
export const offeredFor = (name: SchemeChange): readonly string[] => CHANGES[name].offered;

/** The values that a change may have, in words. */
export const allowedFor = (name: SchemeChange): string => CHANGES[name].allowed;

/**
 * The scheme with what the command line or a link changes in it. Its name tells so: "modern" becomes "modern+range:kl".
 * @throws RangeError, one line that names the argument and the allowed values
 */
export function changedScheme(scheme: QuantScheme, given: Given): QuantScheme {
  let changed = scheme;
  for (const [name, { allowed, apply }] of Object.entries<Change>(CHANGES)) {
    const text = given[name];
    if (text === undefined) continue;
    try {
      changed = parseScheme(apply({ ...changed, name: `${changed.name}+${name}:${text}` }, text));
    } catch (cause) {
      throw new RangeError(`--${name} is "${text}"; allowed: ${allowed}.`, { cause });
    }
  }
  return changed;
}
