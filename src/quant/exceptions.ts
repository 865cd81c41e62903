/** A scheme's repairs and exceptions by layer, checked as they come from outside. */
import { oneOf, record, refusal } from './parsing.ts';
import { BITS, RANGE_METHODS, REPAIRS, type LayerException, type Repair } from './types.ts';

/** Repairs that choose every weight's rounding: one of them at most. */
const ROUNDINGS: readonly Repair[] = ['gptq', 'adaround', 'brecq'];

/** What each field of an exception may hold. */
const EXCEPTION_FIELDS = {
  weightBits: BITS, activationBits: BITS, weightRange: RANGE_METHODS, activationRange: RANGE_METHODS,
} as const satisfies Record<keyof LayerException, readonly unknown[]>;

/**
 * Repairs in the order they are applied, whatever order they are given in.
 * @throws TypeError at an unknown one, two that choose the rounding, or bias correction with adaround or brecq
 *   (whose reconstruction has already taken up the shift of the mean)
 */
export function parseRepairs(value: unknown): readonly Repair[] {
  if (!Array.isArray(value)) throw refusal('repairs', value, `a list of ${REPAIRS.join(', ')}`);
  const given = value.map((repair) => oneOf('repairs', repair, REPAIRS));
  const roundings = ROUNDINGS.filter((repair) => given.includes(repair));
  if (roundings.length > 1) throw refusal('repairs', value, `a list with at most one of ${ROUNDINGS.join(', ')}`);
  if (given.includes('bias') && (given.includes('adaround') || given.includes('brecq'))) {
    throw refusal('repairs', value, 'a list in which "bias" goes with neither "adaround" nor "brecq"');
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
