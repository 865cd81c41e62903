// Whole images, each in one thread: every thread takes the next one, with tensors and steps of its own. Layers too small to be
// shared gain all of a second thread this way, and one that is interrupted keeps no other waiting.
// A batch is a record of 32-bit words: ../batch.ts writes it.
import { A, OUT, STEP_BYTES, word } from './step';

/** Images; how many of them were taken; each thread's steps, and from one thread's to the next; the input's step, how many steps. */
const COUNT = 0, TAKEN: usize = 4, STEPS = 2, STEPS_STRIDE = 3, INPUT_STEP = 4, STEP_COUNT = 5;
/** Images as they come in, and logits as they go out. */
const IMAGES = 6, IMAGE_BYTES = 7, LOGITS = 8, LOGITS_BYTES = 9;

/** The number of the next image. */
@inline
function take(batch: usize): i32 {
  if (ASC_FEATURE_THREADS) return atomic.add<i32>(batch, 1, TAKEN);
  const next = load<i32>(batch, TAKEN);
  store<i32>(batch, next + 1, TAKEN);
  return next;
}

export function runImages(batch: usize, thread: i32, perform: (step: usize, thread: i32, threads: i32) => void): void {
  const steps = <usize>word(batch, STEPS) + <usize>thread * word(batch, STEPS_STRIDE), count = <i32>word(batch, STEP_COUNT);
  const input = steps + <usize>word(batch, INPUT_STEP) * STEP_BYTES, last = steps + <usize>(count - 1) * STEP_BYTES;
  const logitsBytes = <usize>word(batch, LOGITS_BYTES);
  for (let image = take(batch); image < <i32>word(batch, COUNT); image = take(batch)) {
    store<u32>(input + (<usize>A << 2), word(batch, IMAGES) + <u32>image * word(batch, IMAGE_BYTES));
    perform(input, 0, 1);
    for (let i = 1; i < count; i++) perform(steps + <usize>i * STEP_BYTES, 0, 1);
    memory.copy(<usize>word(batch, LOGITS) + <usize>image * logitsBytes, <usize>word(last, OUT), logitsBytes);
  }
}
