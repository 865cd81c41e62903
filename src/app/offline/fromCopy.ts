/** The page in the frame that tries a stored copy: it comes up, says so, and computes nothing. */
import type { WorkerLike } from '../../lab/rpc/workerClient.ts';
import type { Calls } from '../../contract/calls/calls.ts';
import { FROM_COPY } from './copy.ts';

const LOOK_MS = 50;

export const isFromCopy = (): boolean => new URLSearchParams(location.search).has(FROM_COPY) && parent !== window;

/** Never answers. */
export const startNoWorker = (): WorkerLike<Calls> => ({
  postMessage: () => undefined,
  terminate: () => undefined,
  onmessage: null,
  onerror: null,
  onmessageerror: null,
});

/** Tells the page outside once the first screen stands. */
export function sayOpened(): void {
  if (document.querySelector('main .task')) parent.postMessage(FROM_COPY, location.origin);
  else setTimeout(sayOpened, LOOK_MS);
}
