/** How far the lab is, what it waits for, and for how long already, in words. */
import type { Progress } from '../../contract/progress.ts';
import { WORDS } from '../words/words.ts';
import { count } from './format.ts';

/** Less is no wait. */
const SAID_FROM = 2;

/** Whether something is counted: a bar can show it. */
export const isCounted = ({ stage, behind }: Progress): boolean => stage !== '' && !behind;

/** '' while there is nothing to say. */
export function progressInWords({ stage, done, total, unit, behind, seconds = 0 }: Progress): string {
  const words = WORDS.waiting;
  const so = seconds >= SAID_FROM ? words.soFar(seconds) : '';
  if (behind) {
    const work = Object.hasOwn(words.work, behind.kind) ? words.work[behind.kind] : words.other;
    // Seconds that run down move already.
    const left = behind.secondsLeft === null ? null : Math.ceil(behind.secondsLeft);
    return joined(words.behind(work, left), left === null ? so : '');
  }
  return joined(stage && WORDS.shell.progress(stage, count(done), count(total), unit), so);
}

/** What is waited for, and how far that is. */
export function waitInWords(what: string, progress: Progress | null): string {
  const said = progress ? progressInWords(progress) : '';
  if (progress && (progress.stage !== '' || progress.behind)) return said;
  return joined(WORDS.layer.waiting(what), said);
}

const joined = (...parts: readonly string[]): string => parts.filter(Boolean).join(' · ');
