/** How far the lab is, or what it waits for, in words. */
import type { Progress } from '../../contract/progress.ts';
import { WORDS } from '../words/words.ts';
import { count } from './format.ts';

export function progressInWords({ stage, done, total, unit, behind }: Progress): string {
  const words = WORDS.waiting;
  if (!behind) return WORDS.shell.progress(stage, count(done), count(total), unit);
  const work = Object.hasOwn(words.work, behind.kind) ? words.work[behind.kind] : words.other;
  return words.behind(work, behind.secondsLeft === null ? null : Math.ceil(behind.secondsLeft));
}
