/** Mixed precision: a bitwidth for each layer that costs least within a budget of bits or of time, exactly. */
import { lookUp } from '../base/lookUp.ts';
import type { TensorName } from '../graph/types.ts';
import type { Bits } from '../quant/types.ts';

/** What one layer costs at each bitwidth it may have; costs add up over layers. */
export type LayerChoices = {
  readonly layer: TensorName;
  readonly parameters: number;
  readonly costs: ReadonlyMap<Bits, number>;
  /** What each choice is paid with, milliseconds say; by default the bits of its weights. */
  readonly prices?: ReadonlyMap<Bits, number>;
};

export type Assignment = {
  readonly bits: ReadonlyMap<TensorName, Bits>;
  /** Bits a weight, averaged over all weights. */
  readonly average: number;
  /** The sum of what the layers' choices are paid with. */
  readonly price: number;
  readonly cost: number;
};

/** Beyond this many partial choices, those of nearly one price are thinned to the least cost: only then is the answer not exact. */
const STATES = 20_000;

type State = { readonly price: number; readonly cost: number; readonly bits: Bits; readonly before: State | null };

/**
 * All assignments that no other beats in both price and cost, the lowest price first: the Pareto front, by dynamic
 * programming over layers with dominated choices dropped (Nemhauser and Ullmann 1969).
 * @throws RangeError when there is no layer or one has no choice
 */
export function paretoFront(layers: readonly LayerChoices[]): readonly Assignment[] {
  if (layers.length === 0) throw new RangeError('There are no layers to choose bits for.');
  let states: State[] = [{ price: 0, cost: 0, bits: 8, before: null }];
  for (const choices of layers) {
    const { layer, costs } = choices;
    if (costs.size === 0) throw new RangeError(`${layer}: there is no bitwidth to choose from.`);
    const grown = states.flatMap((before) =>
      [...costs].map(([bits, cost]) => ({
        price: before.price + priceOf(choices, bits),
        cost: before.cost + cost,
        bits,
        before,
      })),
    );
    states = undominated(grown);
    if (states.length > STATES) states = thinned(states);
  }
  const weights = layers.reduce((sum, { parameters }) => sum + parameters, 0);
  return states.map((state) => {
    const bits = chosen(state, layers);
    const size = layers.reduce((sum, { layer, parameters }) => sum + lookUp(bits, layer, 'bits') * parameters, 0);
    return { bits, average: size / weights, price: state.price, cost: state.cost };
  });
}

/**
 * The assignment of least cost with at most `average` bits a weight.
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

function priceOf({ layer, parameters, prices }: LayerChoices, bits: Bits): number {
  if (!prices) return bits * parameters;
  const price = prices.get(bits);
  if (price === undefined) throw new RangeError(`${layer}: nobody has said what ${bits} bits are paid with.`);
  return price;
}

/** Ascending in price, descending in cost. */
function undominated(states: readonly State[]): State[] {
  let least = Infinity;
  return states
    .toSorted((a, b) => a.price - b.price || a.cost - b.cost)
    .filter(({ cost }) => {
      if (cost >= least) return false;
      least = cost;
      return true;
    });
}

/** Of each of {@link STATES} even steps of price, the least cost; the lowest price of all stays. */
function thinned(states: readonly State[]): State[] {
  const step = (states[states.length - 1].price - states[0].price) / STATES;
  const bucket = ({ price }: State): number => Math.ceil((price - states[0].price) / step);
  return states.filter((state, i) => i === states.length - 1 || bucket(states[i + 1]) !== bucket(state));
}

function chosen(state: State, layers: readonly LayerChoices[]): ReadonlyMap<TensorName, Bits> {
  const bits: Bits[] = [];
  for (let at: State | null = state; at?.before; at = at.before) bits.unshift(at.bits);
  return new Map(layers.map(({ layer }, i) => [layer, bits[i]]));
}
