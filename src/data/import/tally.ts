/** Counts the pictures of an import that cannot be read, and decides when their number must be asked about. */
import { plural } from '../../base/text/plural.ts';
import { withLeftOut } from '../layout/summary.ts';
import type { LeftOut } from '../layout/types.ts';
import type { PictureFault } from '../formats/imageHeader.ts';

/** A larger share of unreadable pictures is a mistake as often as not. */
const MOST_LEFT_OUT = 0.2;

/** So many sentences are given in full. */
const SHOWN = 3;

/** Whether an import waits for an answer: to go on without the pictures that cannot be read, or to be removed. */
export const isLeftOutQuestion = (error: unknown): boolean =>
  error instanceof Error && error.name === 'LeftOutQuestion';

/**
 * @param read how many pictures were read
 * @throws the question whether to go on, where more than a fifth of the pictures cannot be read
 */
export function requireFewLeftOut(name: string, leftOut: readonly LeftOut[], read: number, said = ''): void {
  const unread = leftOut.filter(({ reason }) => reason === 'damaged' || reason === 'format');
  const count = unread.reduce((sum, row) => sum + row.count, 0);
  if (count <= MOST_LEFT_OUT * (count + read)) return;
  const question = new Error(
    `${count} of the ${plural(count + read, 'picture')} of ${name} cannot be read and would be left out.${said}`,
  );
  throw Object.assign(question, { name: 'LeftOutQuestion' });
}

export type Tally = {
  /** Notes one more. @param message the sentence of its own */
  readonly add: (path: string, fault: PictureFault, message: string) => void;
  readonly has: (path: string) => boolean;
  /** The paths, for an import that goes on later. */
  readonly paths: () => readonly string[];
  readonly leftOut: () => readonly LeftOut[];
  /** The sentences of the first of them, for an error that they may have led to. */
  readonly said: () => string;
  /** @throws when nothing can be read, or (unless allowed) when too little can */
  readonly check: (name: string, read: number, allowed: boolean) => void;
};

/** @param before those of the same import before it was interrupted */
export function createTally(before: {
  readonly paths: readonly string[];
  readonly leftOut: readonly LeftOut[];
}): Tally {
  const paths = new Set(before.paths);
  let leftOut = before.leftOut;
  const sentences: string[] = [];
  const said = (): string => (sentences.length > 0 ? ` ${sentences.join(' ')}` : '');
  return {
    said,
    add: (path, fault, message) => {
      paths.add(path);
      leftOut = withLeftOut(leftOut, fault, path);
      if (sentences.length < SHOWN) sentences.push(message);
    },
    has: (path) => paths.has(path),
    paths: () => [...paths],
    leftOut: () => leftOut,
    check: (name, read, allowed) => {
      if (paths.size > 0 && read === 0)
        throw new Error(`None of the ${plural(paths.size, 'picture')} of ${name} can be read.${said()}`);
      if (!allowed) requireFewLeftOut(name, leftOut, read, said());
    },
  };
}
