/** Where a measured row comes from. */
import { execFileSync } from 'node:child_process';

/** The commit a folder stands at, or the one the GPU kit was packed from; null where neither is known. */
export function commitOf(folder: string): string | null {
  if (process.env.FEWBIT_COMMIT) return process.env.FEWBIT_COMMIT;
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
