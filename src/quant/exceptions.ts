/** A scheme's repairs and exceptions by layer, checked as they come from outside. */
import { oneOf, record, refusal } from '../base/parsing.ts';
import { BITS, RANGE_METHODS, REPAIRS, type LayerException, type Repair } from './types.ts';

/** Repairs that choose every weight's rounding: one of them at most. */
const ROUNDINGS: readonly Repair[] = ['gptq', 'adaround', 'brecq'];

/** Repairs of what a channel puts out on average: one of them at most, for gain corrects the bias too. */
const CORRECTIONS: readonly Repair[] = ['bias', 'gain'];

/** Their reconstruction has already taken up what a correction would. */
const RECONSTRUCTIONS: readonly Repair[] = ['adaround', 'brecq'];

/** What each field of an exception may hold. */
const EXCEPTION_FIELDS = {
  weightBits: BITS,
  activationBits: BITS,
  weightRange: RANGE_METHODS,
  activationRange: RANGE_METHODS,
} as const satisfies Record<keyof LayerException, readonly unknown[]>;

/**
 * Repairs in the order they are applied, whatever order they are given in.
 * @throws TypeError at an unknown one, two that choose the rounding, two corrections, or a correction with a reconstruction
 */
export function parseRepairs(value: unknown): readonly Repair[] {
  if (!Array.isArray(value)) throw refusal('repairs', value, `a list of ${REPAIRS.join(', ')}`);
  const given = value.map((repair) => oneOf('repairs', repair, REPAIRS));
  const among = (some: readonly Repair[]): Repair[] => some.filter((repair) => given.includes(repair));
  if (among(ROUNDINGS).length > 1)
    throw refusal('repairs', value, `a list with at most one of ${ROUNDINGS.join(', ')}`);
  const [first, second] = among(CORRECTIONS);
  if (second) throw refusal('repairs', value, `a list with at most one of ${CORRECTIONS.join(', ')}`);
  if (first && among(RECONSTRUCTIONS).length > 0) {
    throw refusal('repairs', value, `a list in which "${first}" goes with neither "adaround" nor "brecq"`);
  }
  return REPAIRS.filter((repair) => given.includes(repair));
}

/** @throws TypeError naming the layer and the field */
export function parseLayers(value: unknown): Readonly<Record<string, LayerException>> {
  const layers = record(value, 'The scheme\'s "layers"');
  return Object.fromEntries(Object.entries(layers).map(([name, exception]) => [name, parseException(name, exception)]));
}

function parseException(layer: string, value: unknown): LayerException {
  const given = record(value, `The scheme's "layers.${layer}"`);
  return Object.fromEntries(
    Object.entries(EXCEPTION_FIELDS)
      .filter(([field]) => given[field] !== undefined)
      .map(([field, allowed]) => [field, oneOf<unknown>(`layers.${layer}.${field}`, given[field], allowed)]),
  );
}
