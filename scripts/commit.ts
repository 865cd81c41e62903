/** Where a measured row comes from. */
import { execFileSync } from 'node:child_process';

/** The commit a folder stands at; null where it is no git checkout. */
export function commitOf(folder: string): string | null {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
}
