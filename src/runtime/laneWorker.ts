/** A lane's worker: opens one runtime, then answers calls one after the other. */
import { consoleCapture } from './captureConsole.ts';
import { openLane } from './lane.ts';
import type { Lane, LaneOptions } from './lane.ts';

export type LaneRequest = { readonly id: number } & (
  | { readonly kind: 'ping' }
  | { readonly kind: 'start'; readonly options: LaneOptions }
  | { readonly kind: 'open'; readonly args: Parameters<Lane['open']> }
  | { readonly kind: 'run'; readonly args: Parameters<Lane['run']> }
  | { readonly kind: 'close'; readonly args: Parameters<Lane['close']> }
);

/** Of id 0: a sign of life, the answer to nothing else. */
export type LaneResponse = { readonly id: number; readonly result?: unknown; readonly error?: string };

const capture = consoleCapture();
let lane: Lane | null = null;

async function answer(request: Exclude<LaneRequest, { kind: 'ping' }>): Promise<unknown> {
  if (request.kind === 'start') {
    lane = await openLane(request.options, capture);
    return undefined;
  }
  if (!lane) throw new Error('The lane has not started.');
  switch (request.kind) {
    case 'open':
      return lane.open(...request.args);
    case 'run':
      return lane.run(...request.args);
    case 'close':
      return lane.close(...request.args);
  }
}

self.addEventListener('message', ({ data }: MessageEvent<LaneRequest>) => {
  if (data.kind === 'ping') return self.postMessage({ id: 0 });
  answer(data).then(
    (result) => self.postMessage({ id: data.id, result }),
    (error: unknown) =>
      self.postMessage({ id: data.id, error: error instanceof Error ? error.message : String(error) }),
  );
});

self.postMessage({ id: 0 });
