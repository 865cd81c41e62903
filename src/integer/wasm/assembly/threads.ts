// Threads that walk together: a command starts them, and at the end of each step all wait for the last.
// `sync` is six int32: number of the last command, threads arrived, steps ended, then the command: steps, first, last
// (or a batch and WHOLE_IMAGES).

/** Looks this often before it sleeps: steps take some tens of microseconds, waking a thread as long. */
const PATIENCE: i32 = 20000;

/** As the first step of a command: not steps, but a batch of whole images. */
export const WHOLE_IMAGES: i32 = -1;

/** Tells the helpers to do steps [first, last); no steps ends them. */
export function command(sync: usize, steps: usize, first: i32, last: i32): void {
  store<u32>(sync, <u32>steps, 12);
  store<i32>(sync, first, 16);
  store<i32>(sync, last, 20);
  atomic.add<i32>(sync, 1);
  atomic.notify(sync, -1);
}

/** Until the number at `at` is no longer `old`. */
@inline
function waitFor(at: usize, old: i32): void {
  for (let i = 0; atomic.load<i32>(at) == old; i++) {
    if (i > PATIENCE) atomic.wait<i32>(at, old, -1);
  }
}

/** The number of the next command after `seen`. */
export function awaitCommand(sync: usize, seen: i32): i32 {
  waitFor(sync, seen);
  return atomic.load<i32>(sync);
}

export function arrive(sync: usize, threads: i32): void {
  const ended = sync + 8, step = atomic.load<i32>(ended);
  if (atomic.add<i32>(sync, 1, 4) + 1 < threads) return waitFor(ended, step);
  atomic.store<i32>(sync, 0, 4);
  atomic.add<i32>(ended, 1);
  atomic.notify(ended, -1);
}
