/** Failures that the page can act on, by a code beside their sentence. */

/** Something has not been brought yet, the network does not know the images' classes, the GPU is gone, memory is full, the loss is no longer finite, a worker is stuck. */
export type FailureCode = 'absent' | 'unknownClasses' | 'deviceLost' | 'outOfMemory' | 'diverged' | 'silent';

export class LabError extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** After these the worker computes nothing right any more, and another one has to be started. */
export const isFatal = (code: FailureCode | undefined): boolean =>
  code === 'deviceLost' || code === 'outOfMemory' || code === 'silent';

/** As V8, Emscripten and WebAssembly say it. */
const OUT_OF_MEMORY =
  /out of memory|memory\.grow|cannot enlarge memory|\bOOM\b|array buffer allocation failed|memory access out of bounds|could not allocate/i;

/** The code of an error that has one: its own, or that of full memory, which an engine says in words only. */
export function codeOf(error: unknown): FailureCode | undefined {
  if (error instanceof LabError) return error.code;
  return error instanceof Error && OUT_OF_MEMORY.test(error.message) ? 'outOfMemory' : undefined;
}
