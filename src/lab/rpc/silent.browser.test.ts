/** Real workers that loop for ever, or are gone: the page goes on. */
import { expect, test } from 'vitest';
import type { DatasetCalls } from '../../contract/calls/data.ts';
import { createDatasets } from './datasetsClient.ts';
import type { WorkerLike } from './workerClient.ts';

const LIMITS = { silence: 600, hurried: 300, every: 100 };

/** Answers `list`; whatever else it is asked keeps it busy for ever. */
const LOOPS = `onmessage = ({ data: { id, kind } }) => {
  if (kind === 'ping') postMessage({ id: 0, kind: 'pong' });
  else if (kind === 'list') postMessage({ id, kind: 'result', result: { sets: [], weights: [] } });
  else for (;;);
};`;

/** Answers as many questions, then ends itself without a word. */
const VANISHES = LOOPS.replace('else for (;;);', 'else close();');

function datasetsOf(text: string) {
  const made: Worker[] = [];
  const datasets = createDatasets(() => {
    const worker = new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
    made.push(worker);
    return worker as WorkerLike<DatasetCalls>;
  }, LIMITS);
  return { datasets, made };
}

test.each([
  { name: 'loops', text: LOOPS },
  { name: 'vanishes', text: VANISHES },
])('a worker that $name is ended and said, and the next call is answered by another', async ({ text }) => {
  const { datasets, made } = datasetsOf(text);
  await datasets.call('list', {});
  await expect(datasets.call('check', { name: 'x' })).rejects.toMatchObject({ code: 'silent' });
  await datasets.call('list', {});
  expect(made).toHaveLength(2);
  made[1].terminate();
});

test('Pause is heard of a worker that hears nothing', async () => {
  const { datasets, made } = datasetsOf(LOOPS);
  await datasets.call('list', {});
  const controller = new AbortController();
  const call = datasets.call('check', { name: 'x' }, { signal: controller.signal });
  controller.abort();
  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  made[0].terminate();
});
