/** An error of the lab that the page can do something about. */
import type { FailureCode } from './calls.ts';

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
