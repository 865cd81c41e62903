/** A session as a file: where the page stood, what was measured, what was guessed. Opening one checks all of it. */
import { plainText } from '../../base/plainText.ts';
import { fromJson, toJson } from '../../contract/runsFile.ts';
import type { Guess, LayerGuess } from '../state/guess.ts';
import { formatLink, isLayerName, parseLink, type Link } from '../state/link.ts';
import type { State } from '../state/state.ts';
import { parseClasses, type SavedClasses } from './sessionClasses.ts';
import type { ScoreResult, RunResult } from '../../contract/run.ts';
import { linkOf } from '../state/selectors.ts';

type SavedSession = {
  readonly link: Link;
  readonly guess: Guess;
  readonly layerGuess: LayerGuess;
  readonly runs: readonly RunResult[];
  readonly scores: readonly ScoreResult[];
  readonly classes: SavedClasses | null;
};

const VERSION = 1;

/** A day's runs on 10,000 images each are some 10 MB. */
export const MOST_BYTES = 50_000_000;

/** @param classes the network of own classes, and its photos where they are asked for; null: none */
export function writeSession(state: State, classes: SavedClasses | null = null): string {
  const results = toJson({ runs: [...state.runs.values()], scores: [...state.scores.values()] });
  return JSON.stringify({
    fewbitSession: VERSION,
    link: formatLink(linkOf(state)),
    guess: state.guess,
    layerGuess: state.layerGuess,
    results,
    ...(classes && { classes }),
  });
}

function parseGuess(value: unknown): Guess {
  const { kind, share } = (value ?? {}) as { readonly kind?: unknown; readonly share?: unknown };
  if (kind === 'open' || kind === 'passed') return { kind };
  if (kind === 'made' && typeof share === 'number' && share >= 0 && share <= 1) return { kind, share };
  throw new TypeError('The guess is none: it must be open, passed, or made with a share from 0 to 1.');
}

/** Sessions of before the layer was guessed have none. */
function parseLayerGuess(value: unknown): LayerGuess {
  const { kind, layer } = (value ?? { kind: 'open' }) as { readonly kind?: unknown; readonly layer?: unknown };
  if (kind === 'open' || kind === 'passed') return { kind };
  if (kind === 'made' && typeof layer === 'string' && isLayerName(layer)) return { kind, layer };
  throw new TypeError('The guess of a layer is none: it must be open, passed, or made with the name of a layer.');
}

/** @throws Error with a sentence that names the file and what is wrong in it; nothing of a wrong file is used */
export function readSession(text: string, fileName: string): SavedSession {
  try {
    const saved = JSON.parse(text) as
      { readonly [name in 'fewbitSession' | 'link' | 'guess' | 'layerGuess' | 'results' | 'classes']?: unknown } | null;
    if (saved?.fewbitSession !== VERSION) throw new TypeError('It is no session that this page saved.');
    if (typeof saved.link !== 'string') throw new TypeError('It has no link.');
    const { runs, scores } = fromJson(saved.results);
    return {
      link: parseLink(saved.link).link,
      guess: parseGuess(saved.guess),
      layerGuess: parseLayerGuess(saved.layerGuess),
      runs: runs.map((run) => ({ ...run, openedFrom: fileName })),
      scores,
      classes: parseClasses(saved.classes),
    };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${fileName} cannot be opened: ${plainText(why, 400)}`, { cause });
  }
}
