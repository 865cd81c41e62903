/** The datasets' worker through its rpc: what it answers, and the codes of its errors. */
import { expect, test } from 'vitest';
import { createMemoryStore } from '../../data/store/memoryStore.ts';
import { DATASET_RULES } from '../../contract/calls/rules.ts';
import type { DatasetCalls } from '../../contract/calls/data.ts';
import type { Request, Response } from '../../contract/calls/messages.ts';
import { serve } from '../rpc/serve.ts';
import { datasetsAnswers } from './datasetsAnswers.ts';

/** A private window: nothing is stored, and nothing has been brought. */
async function ask(request: Omit<Request<DatasetCalls>, 'id'>): Promise<Response<DatasetCalls>[]> {
  const responses: Response<DatasetCalls>[] = [];
  const memory = createMemoryStore();
  const decode = () => Promise.reject(new Error('Nothing is decoded here.'));
  const answers = datasetsAnswers(
    async () => ({ store: memory, memory, parts: null, decode }),
    async () => ({ cache: null, memory: new Map() }),
  );
  const handle = serve({ answers, rules: DATASET_RULES }, { post: (response) => void responses.push(response) });
  await handle({ id: 1, ...request } as Request<DatasetCalls>);
  return responses;
}

test.each(['weights:resnet18', 'cifar10'])(
  'what has not been brought is absent, and says so by a code: %s',
  async (name) => {
    const responses = await ask({ kind: 'check', args: { name } } as Request<DatasetCalls>);
    expect(responses).toEqual([{ id: 1, kind: 'error', message: expect.any(String) as string, code: 'absent' }]);
  },
);

test('a dataset and weights are removed each from where they are, also where nothing is', async () => {
  for (const name of ['weights:resnet18', 'cifar10'])
    expect(await ask({ kind: 'remove', args: { name } } as Request<DatasetCalls>)).toEqual([
      { id: 1, kind: 'result', result: null },
    ]);
});
