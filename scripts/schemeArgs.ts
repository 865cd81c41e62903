/** The arguments of the headless twin that change a preset's scheme: each checked as the scheme itself is. */
import { parseScheme } from '../src/quant/schemes.ts';
import { RANGE_METHODS, REPAIRS, type QuantScheme } from '../src/quant/types.ts';

/** Values of the command line by name, without the dashes. */
export type Given = Readonly<Record<string, string | undefined>>;

/** What one argument makes of a scheme; the text has not been checked, {@link parseScheme} does that. */
type Change = { readonly allowed: string; readonly apply: (scheme: QuantScheme, text: string) => unknown };

const CHANGES: Readonly<Record<string, Change>> = {
  range: {
    allowed: `${RANGE_METHODS.join(', ')}; or two of them, of weights and of activations, as mse/percentile99.99`,
    apply(scheme, text) {
      const [weights, activations = weights] = text.split('/');
      return { ...scheme, weights: { ...scheme.weights, range: weights }, activations: { range: activations } };
    },
  },
  granularity: {
    allowed: 'tensor, channel',
    apply: (scheme, text) => ({ ...scheme, weights: { ...scheme.weights, granularity: { tensor: 'perTensor', channel: 'perChannel' }[text] } }),
  },
  'first-last': {
    allowed: '2 to 8 (bits of the first convolution and the classifier), same',
    apply: (scheme, text) => ({ ...scheme, firstLastBits: text === 'same' ? null : Number(text) }),
  },
  repair: {
    allowed: `${REPAIRS.join(', ')}, with commas between; at most one of gptq, adaround, brecq; bias with neither of the last two`,
    apply: (scheme, text) => ({ ...scheme, repairs: text.split(',') }),
  },
};

export const SCHEME_ARGS = Object.keys(CHANGES);

/**
 * The scheme with what the command line changes in it. Its name tells so: "modern" becomes "modern+range:kl".
 * @throws RangeError, one line that names the argument and the allowed values
 */
export function changedScheme(scheme: QuantScheme, given: Given): QuantScheme {
  let changed = scheme;
  for (const [name, { allowed, apply }] of Object.entries(CHANGES)) {
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
