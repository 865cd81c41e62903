/** Mixed precision: a bitwidth for each layer that costs least within a budget of bits, exactly. */
import type { TensorName } from '../graph/types.ts';
import type { Bits } from '../quant/types.ts';

/** What one layer costs at each bitwidth it may have; costs add up over layers. */
export type LayerChoices = {
  readonly layer: TensorName;
  readonly parameters: number;
  readonly costs: ReadonlyMap<Bits, number>;
};

export type Assignment = {
  readonly bits: ReadonlyMap<TensorName, Bits>;
  /** Bits a weight, averaged over all weights. */
  readonly average: number;
  readonly cost: number;
};

/** Beyond this many partial choices, those of nearly one size are thinned to the cheapest: only then is the answer not exact. */
const STATES = 20_000;

type State = { readonly size: number; readonly cost: number; readonly bits: Bits; readonly before: State | null };

/**
 * All assignments that no other beats in both size and cost, the smallest first: the Pareto front, by dynamic
 * programming over layers with dominated choices dropped (Nemhauser and Ullmann 1969).
 * @throws RangeError when there is no layer or one has no choice
 */
export function paretoFront(layers: readonly LayerChoices[]): readonly Assignment[] {
  if (layers.length === 0) throw new RangeError('There are no layers to choose bits for.');
  let states: State[] = [{ size: 0, cost: 0, bits: 8, before: null }];
  for (const { layer, parameters, costs } of layers) {
    if (costs.size === 0) throw new RangeError(`${layer}: there is no bitwidth to choose from.`);
    const grown = states.flatMap((before) =>
      [...costs].map(([bits, cost]) => ({
        size: before.size + bits * parameters,
        cost: before.cost + cost,
        bits,
        before,
      })),
    );
    states = undominated(grown);
    if (states.length > STATES) states = thinned(states);
  }
  const total = layers.reduce((sum, { parameters }) => sum + parameters, 0);
  return states.map((state) => ({ bits: chosen(state, layers), average: state.size / total, cost: state.cost }));
}

/**
 * The cheapest assignment of at most `average` bits a weight.
 * @throws RangeError when the budget is below what the narrowest choices take
 */
export function assignBits(layers: readonly LayerChoices[], average: number): Assignment {
  const front = paretoFront(layers);
  const found = front.findLast((assignment) => assignment.average <= average + 1e-9);
  if (!found) {
    throw new RangeError(
      `A budget of ${average} bits a weight is too small: the narrowest choice takes ${front[0].average.toFixed(3)}.`,
    );
  }
  return found;
}

/** Ascending in size, descending in cost. */
function undominated(states: readonly State[]): State[] {
  let least = Infinity;
  return states
    .toSorted((a, b) => a.size - b.size || a.cost - b.cost)
    .filter(({ cost }) => {
      if (cost >= least) return false;
      least = cost;
      return true;
    });
}

/** Of each of {@link STATES} even steps of size, the cheapest; the smallest state of all stays. */
function thinned(states: readonly State[]): State[] {
  const step = (states[states.length - 1].size - states[0].size) / STATES;
  const bucket = ({ size }: State): number => Math.ceil((size - states[0].size) / step);
  return states.filter((state, i) => i === states.length - 1 || bucket(states[i + 1]) !== bucket(state));
}

function chosen(state: State, layers: readonly LayerChoices[]): ReadonlyMap<TensorName, Bits> {
  const bits: Bits[] = [];
  for (let at: State | null = state; at?.before; at = at.before) bits.unshift(at.bits);
  return new Map(layers.map(({ layer }, i) => [layer, bits[i]]));
}
