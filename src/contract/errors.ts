/** An error of the lab that the page can do something about. */
/** Says, besides its sentence, what kind of failure it is. */
export class LabError extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** After these the worker computes nothing right any more, and another one has to be started. */
export const isFatal = (code: FailureCode | undefined): boolean => code === 'deviceLost' || code === 'outOfMemory';

/** Failures that the page can act on: the GPU is gone, memory is full, the loss is no longer finite. */
export type FailureCode = 'absent' | 'deviceLost' | 'outOfMemory' | 'diverged';
