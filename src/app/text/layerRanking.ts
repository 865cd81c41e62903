/** What each layer costs alone, in places and in words. Who stands before whom is said only where the images can tell. */
import type { LayerSensitivity, Sensitivity } from '../../contract/calls/sensitivity.ts';
import { toldApart } from '../../contract/wilson.ts';
import type { RunSettings } from '../../contract/run.ts';
import { spoken } from '../words/spoken.ts';
import { WORDS } from '../words/words.ts';
import { count, percent } from './format.ts';

/** A layer and the places that it shares, from 1: the same number twice where it has one of its own. */
export type Placed = LayerSensitivity & { readonly first: number; readonly last: number };

/** What the places follow from; with `against` they are of agreement. */
export type Ranked = Pick<Sensitivity, 'images' | 'float' | 'layers'> & {
  readonly settings?: Pick<RunSettings, 'against'>;
};

/** Names that a sentence can bear. */
const NAMED = 3;

/**
 * The layers by what they cost. Those that the images cannot tell from the worst of them share their places; KL decides
 * who stands first among them.
 */
export function placesOf({ images, layers }: Ranked): readonly Placed[] {
  const waiting = layers.toSorted((a, b) => a.both.top1 - b.both.top1);
  const placed: Placed[] = [];
  while (waiting.length > 0) {
    const [leader] = waiting;
    const apart = waiting.findIndex(({ both }) => toldApart(leader.both.top1, both.top1, images));
    const group = waiting.splice(0, apart < 0 ? waiting.length : apart);
    group.sort((a, b) => b.both.divergence - a.both.divergence);
    const [first, last] = [placed.length + 1, placed.length + group.length];
    placed.push(...group.map((layer) => ({ ...layer, first, last })));
  }
  return placed;
}

/** Whether the images show that this layer costs anything. */
const costs = ({ float, images }: Ranked, { both }: LayerSensitivity): boolean =>
  both.top1 < float.top1 && toldApart(both.top1, float.top1, images);

/** The layers with weights that come first and last in the network. */
export type Ends = { readonly first: string; readonly last: string };

/**
 * Which layer hurts, in a sentence, and whether it is one of the network's ends.
 * @param result of one layer or more
 */
export function layerFinding(result: Ranked, ends: Ends): string {
  const words = spoken(result.settings?.against).layers;
  const placed = placesOf(result);
  const [worst, second] = placed;
  // In the first group the lowest accuracy decides, whoever stands first by KL.
  const group = placed.filter(({ first }) => first === 1);
  const lowest = group.reduce((a, b) => (b.both.top1 < a.both.top1 ? b : a));
  const images = count(result.images);
  if (!costs(result, lowest)) {
    const shares = placed.map(({ both }) => both.top1);
    return words.harmless(
      images,
      percent(Math.min(...shares)),
      percent(Math.max(...shares)),
      percent(result.float.top1),
      furthest(placed),
    );
  }
  const hurting = group.filter((layer) => costs(result, layer));
  if (hurting.length > 1) {
    const named = hurting.slice(0, NAMED).map(({ layer }) => layer);
    const sentence = words.worstOf(words.list(named, hurting.length - named.length), images, furthest(hurting));
    return said(sentence, unsure(group, hurting, ends) ? '' : endsOf(hurting, ends));
  }
  const sentence = words.worst(lowest.layer, percent(lowest.both.top1), percent(result.float.top1));
  if (group.length > 1) return said(sentence, words.perhaps(group.length - 1, images));
  const next = second?.first === 2 && second.last === 2 && costs(result, second) ? second.layer : null;
  const pair = next !== null && isPair([worst.layer, next], ends);
  return said(sentence, pair ? words.ends.bothPlaces(next) : endsOf(group, ends));
}

const said = (...sentences: readonly string[]): string => sentences.filter((one) => one !== '').join(' ');

/** Whether an end of the network may hurt as much, for all that the images can tell. */
const unsure = (group: readonly Placed[], hurting: readonly Placed[], { first, last }: Ends): boolean =>
  group.some((layer) => !hurting.includes(layer) && (layer.layer === first || layer.layer === last));

function othersThan(group: readonly Placed[]): string {
  const words = WORDS.layers.guess;
  return group.length === 2 ? words.oneOther : words.others(count(group.length - 1));
}

const furthest = (layers: readonly LayerSensitivity[]): string =>
  layers.reduce((a, b) => (b.both.divergence > a.both.divergence ? b : a)).layer;

const isPair = (names: readonly string[], { first, last }: Ends): boolean =>
  names.length === 2 && first !== last && names.includes(first) && names.includes(last);

/** @param group the layers that hurt most */
function endsOf(group: readonly Placed[], ends: Ends): string {
  const words = WORDS.layers.ends;
  const names = group.map(({ layer }) => layer);
  const one = names.length === 1;
  const [first, last] = [names.includes(ends.first), names.includes(ends.last)];
  if (isPair(names, ends)) return words.both;
  if (first && last) return one ? words.first(one) : words.among;
  return first ? words.first(one) : last ? words.last(one) : words.neither(one);
}

/** Where the guessed layer came; of a layer that was not measured, and without a result, only that it was guessed. */
export function guessOutcome(guess: string, result: Ranked | null): string {
  const words = spoken(result?.settings?.against).layers.guess;
  const placed = result ? placesOf(result) : [];
  const mine = placed.find(({ layer }) => layer === guess);
  if (!result || !mine) return words.waiting(guess);
  const [top1, images] = [percent(mine.both.top1), count(result.images)];
  const group = placed.filter(({ first }) => first === mine.first);
  if (!group.some((layer) => costs(result, layer)) && mine.first === 1) {
    const byKl = placed.toSorted((a, b) => b.both.divergence - a.both.divergence);
    return words.unseen(guess, images, top1, byKl.indexOf(mine) + 1, placed.length);
  }
  if (group.length === 1)
    return mine.first === 1 ? words.alone(guess, top1) : words.result(guess, mine.first, placed.length, top1);
  if (mine.first > 1) return words.tied(guess, mine.first, mine.last, placed.length, images, top1);
  return words.shared(guess, othersThan(group), images, top1, words.among(group.indexOf(mine) + 1, group.length));
}
