/** Other programs that want every core, as on a school's machine. */
import { spawn } from 'node:child_process';

/** @returns ends them */
export function otherPrograms(count: number): () => void {
  const programs = Array.from({ length: count }, () =>
    spawn(process.execPath, ['-e', 'for (;;) Math.random();'], { stdio: 'ignore' }),
  );
  return () => programs.forEach((program) => program.kill());
}
