/** Workers for tests of clients. */
import type { CallMap, Request, Response } from '../../../contract/calls/messages.ts';
import type { WorkerLike } from '../workerClient.ts';

/** Makes workers that only remember what they were asked; the test answers for them. */
export function fakeWorkers<C extends CallMap>() {
  const made: (WorkerLike<C> & {
    readonly got: Request<C>[];
    terminated: boolean;
    answer: (response: Response<C>) => void;
  })[] = [];
  const start = () => {
    const worker = {
      got: [] as Request<C>[],
      terminated: false,
      onmessage: null as WorkerLike<C>['onmessage'],
      onerror: null as WorkerLike<C>['onerror'],
      onmessageerror: null as WorkerLike<C>['onmessageerror'],
      postMessage: (request: Request<C>) => void worker.got.push(request),
      terminate: () => void (worker.terminated = true),
      answer: (data: Response<C>) => worker.onmessage?.({ data } as MessageEvent<Response<C>>),
    };
    made.push(worker);
    return worker;
  };
  const worker = (index: number) => {
    const found = made[index];
    if (!found) throw new Error(`there is no worker ${index}`);
    return found;
  };
  return { start, made, worker };
}
