import { describe, expect, test } from 'vitest';
import type { Answers } from './answers.ts';
import { DATASET_RULES, LAB_RULES, type CallRules } from '../../contract/calls/rules.ts';
import type { DatasetCalls } from '../../contract/calls/data.ts';
import type { Calls } from '../../contract/calls/calls.ts';
import { memoize } from '../../base/memoize.ts';
import { serve } from './serve.ts';
import type { RunSettings } from '../../contract/run.ts';
import type { Control } from '../../contract/progress.ts';
import type { CallMap, KindOf, Request, Response } from '../../contract/calls/messages.ts';

const settings = { model: 'resnet20', images: 10 } as RunSettings;

/** Answers whose evaluate waits until the test lets it go on, and notes when it runs. */
function harness() {
  const responses: Response<Calls>[] = [];
  const log: string[] = [];
  const gates: (() => void)[] = [];
  const evaluate = async (_: RunSettings, { signal, report }: Control): Promise<never> => {
    log.push('start');
    await new Promise<void>((go) => gates.push(go));
    signal?.throwIfAborted();
    report?.({ stage: 'Classifying', done: 1, total: 2, unit: 'images' });
    log.push('end');
    return 'measured' as never;
  };
  const made = (): Promise<object> =>
    Promise.resolve({ lo: new Float32Array(2), layers: [{ hi: new Float64Array(3) }] });
  const failing = (): Promise<never> => Promise.reject(new Error('test.bin.gz is damaged.'));
  const answers = {
    evaluate,
    preview: evaluate,
    score: evaluate,
    train: evaluate,
    images: failing,
    open: failing,
    exportOnnx: failing,
    channels: made,
    layers: made,
  } as unknown as Answers<Calls>;
  const handedOver: (ArrayBuffer[] | undefined)[] = [];
  const handle = serve(
    { answers, rules: LAB_RULES },
    {
      post: (response, buffers) => {
        responses.push(response);
        handedOver.push(buffers);
      },
    },
  );
  const ask = (id: number, kind: Request<Calls>['kind']): Promise<void> =>
    handle({ id, kind, args: settings } as unknown as Request<Calls>);
  return { responses, handedOver, log, gates, ask };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('serving requests', () => {
  test('progress, then the result, each under the id of its request', async () => {
    const { responses, gates, ask } = harness();
    const done = ask(7, 'evaluate');
    await settled();
    gates[0]();
    await done;
    expect(responses.map(({ id, kind }) => [id, kind])).toEqual([
      [7, 'progress'],
      [7, 'result'],
    ]);
  });

  test('arrays that were made for the caller are handed over, each once; others stay where they are', async () => {
    const { handedOver, ask } = harness();
    await ask(1, 'channels');
    expect(handedOver[0]?.map(({ byteLength }) => byteLength)).toEqual([8, 24]);
    await ask(2, 'layers');
    expect(handedOver[1]).toBeUndefined();
  });

  test('an error becomes its sentence', async () => {
    const { responses, ask } = harness();
    await ask(1, 'images');
    expect(responses).toEqual([{ id: 1, kind: 'error', message: 'test.bin.gz is damaged.' }]);
  });

  test.each([
    ['Aborted(OOM). Build with -sASSERTIONS for more info.', 'outOfMemory'],
    ['WebAssembly.Memory.grow(): Maximum memory size exceeded', 'outOfMemory'],
    ['Array buffer allocation failed', 'outOfMemory'],
    ['conv1.kernel is missing', undefined],
  ])('an error that the page can act on says so: %s', async (message, code) => {
    const responses: Response<Calls>[] = [];
    const answers = { images: () => Promise.reject(new RangeError(message)) } as unknown as Answers<Calls>;
    await serve(
      { answers, rules: LAB_RULES },
      { post: (response) => responses.push(response) },
    )({
      id: 1,
      kind: 'images',
      args: { first: 0, count: 1 },
    });
    expect(responses).toEqual([{ id: 1, kind: 'error', message, ...(code && { code }) }]);
  });

  test('heavy calls wait for each other, also after one that failed', async () => {
    const { responses, log, gates, ask } = harness();
    const failed = ask(1, 'exportOnnx');
    const all = [failed, ask(2, 'evaluate'), ask(3, 'score')];
    await settled();
    expect(log).toEqual(['start']);
    gates[0]();
    await settled();
    expect(log).toEqual(['start', 'end', 'start']);
    gates[1]();
    await Promise.all(all);
    expect(responses.filter(({ kind }) => kind !== 'progress').map(({ id, kind }) => [id, kind])).toEqual([
      [1, 'error'],
      [2, 'result'],
      [3, 'result'],
    ]);
  });

  test('light calls do not wait', async () => {
    const { responses, gates, ask } = harness();
    const heavy = ask(1, 'evaluate');
    await ask(2, 'images');
    expect(responses.map(({ id }) => id)).toEqual([2]);
    await settled();
    gates[0]();
    await heavy;
  });

  test('a training lets a preview in, and nothing else', async () => {
    const { responses, log, gates, ask } = harness();
    const all = [ask(1, 'evaluate'), ask(2, 'train'), ask(3, 'evaluate'), ask(4, 'preview'), ask(5, 'preview')];
    await settled();
    expect(log).toEqual(['start']);
    gates[0]();
    await settled();
    expect(log, 'the training and the first preview').toEqual(['start', 'end', 'start', 'start']);
    gates[2]();
    await settled();
    gates[3]();
    await settled();
    gates[1]();
    await settled();
    gates[4]();
    await Promise.all(all);
    expect(responses.filter(({ kind }) => kind === 'result').map(({ id }) => id)).toEqual([1, 4, 5, 2, 3]);
  });

  test('a running call is cancelled at its next check, one that waits at once, and never starts', async () => {
    const { responses, log, gates, ask } = harness();
    const all = [ask(1, 'evaluate'), ask(2, 'score')];
    await settled();
    await ask(2, 'cancel');
    await all[1];
    await ask(1, 'cancel');
    await ask(99, 'cancel');
    gates[0]();
    await Promise.all(all);
    expect(responses).toEqual([
      { id: 2, kind: 'cancelled' },
      { id: 1, kind: 'cancelled' },
    ]);
    expect(log).toEqual(['start']);
  });
});

describe('progress', () => {
  /** Asks for one call whose answer reports at each of these times, in milliseconds. */
  async function reportsOf<C extends CallMap>(kind: KindOf<C>, rules: CallRules<C>, times: readonly number[]) {
    let time = 0;
    const seen: number[] = [];
    const given: unknown[] = [];
    const answers = {
      [kind]: async (_: unknown, { report }: Control<unknown>) => {
        given.push(report);
        for (time of times) report?.(time);
      },
    } as unknown as Answers<C>;
    const post = (response: Response<C>): void => {
      if (response.kind === 'progress') seen.push(response.progress as number);
    };
    await serve({ answers, rules }, { post, now: () => time })({ id: 1, kind, args: {} } as Request<C>);
    return { seen, hears: given[0] !== undefined };
  }

  test('each report of a training is posted, of an import at most ten a second', async () => {
    const times = [0, 30, 99, 100, 150, 260];
    expect(await reportsOf<Calls>('train', LAB_RULES, times)).toEqual({ seen: times, hears: true });
    expect((await reportsOf<DatasetCalls>('import', DATASET_RULES, times)).seen).toEqual([0, 100, 260]);
  });

  test('a call that reports nothing is given nothing to report with', async () => {
    expect(await reportsOf<Calls>('images', LAB_RULES, [0])).toEqual({ seen: [], hears: false });
  });
});

test('memoize makes each choice of arguments once, and forgets a failure', async () => {
  const asked: string[] = [];
  const get = memoize(async (name: string) => {
    asked.push(name);
    if (asked.length === 1) throw new Error('offline');
    return name.length;
  });
  await expect(get('abc')).rejects.toThrow('offline');
  expect(await Promise.all([get('abc'), get('abc'), get('z')])).toEqual([3, 3, 1]);
  expect(asked).toEqual(['abc', 'abc', 'z']);
  get.forget();
  await get('z');
  expect(asked).toEqual(['abc', 'abc', 'z', 'z']);
});
