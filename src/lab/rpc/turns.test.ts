/** The order of work, as a page sees it. */
import { describe, expect, test, vi } from 'vitest';
import type { Answers } from './answers.ts';
import { LAB_RULES } from '../../contract/calls/rules.ts';
import type { Calls } from '../../contract/calls/calls.ts';
import { serve } from './serve.ts';
import type { RunSettings } from '../../contract/run.ts';
import type { Control } from '../../contract/progress.ts';
import type { Request, Response } from '../../contract/calls/messages.ts';

const settings = { model: 'resnet20', images: 10 } as RunSettings;

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('the finger comes first', () => {
  /** An evaluation of four batches, each let go by the test; photos answer when the test says so. */
  function lab(now: () => number = () => 0) {
    const responses: Response<Calls>[] = [];
    const log: string[] = [];
    const batches: (() => void)[] = [];
    const photos: (() => void)[] = [];
    const answers = {
      async evaluate(_: RunSettings, { report, signal, standAside }: Control): Promise<never> {
        for (let batch = 1; batch <= 4; batch++) {
          await standAside?.();
          signal?.throwIfAborted();
          await new Promise<void>((go) => batches.push(go));
          log.push(`batch ${batch}`);
          report?.({ stage: 'Classifying', done: batch, total: 4, unit: 'images' });
        }
        return 'measured' as never;
      },
      async train(_: unknown, { standAside }: Control): Promise<never> {
        for (let step = 1; step <= 2; step++) {
          await standAside?.();
          await new Promise<void>((go) => batches.push(go));
          log.push(`step ${step}`);
        }
        return 'trained' as never;
      },
      async classify(_: unknown, control: Control): Promise<never> {
        log.push(control.standAside ? 'photos stand aside' : 'photos');
        await new Promise<void>((go) => photos.push(go));
        return 'classified' as never;
      },
    } as unknown as Answers<Calls>;
    const handle = serve({ answers, rules: LAB_RULES }, { post: (response) => responses.push(response), now });
    const ask = (id: number, kind: Request<Calls>['kind']): Promise<void> =>
      handle({ id, kind, args: settings } as unknown as Request<Calls>);
    const ended = (): number[] => responses.filter(({ kind }) => kind !== 'progress').map(({ id }) => id);
    return { responses, log, batches, photos, ask, ended };
  }

  test('photos go before the evaluation under way, which then goes on where it was', async () => {
    const { log, batches, photos, ask, ended } = lab();
    const all = [ask(1, 'evaluate'), ask(2, 'evaluate')];
    await settled();
    batches[0]();
    await settled();
    all.push(ask(3, 'classify'));
    await settled();
    expect(log, 'the batch under way ends first').toEqual(['batch 1']);
    batches[1]();
    await settled();
    expect(log).toEqual(['batch 1', 'batch 2', 'photos']);
    photos[0]();
    for (let i = 2; i < 8; i++) {
      await settled();
      batches[i]();
    }
    await Promise.all(all);
    expect(log.slice(3)).toEqual(['batch 3', 'batch 4', 'batch 1', 'batch 2', 'batch 3', 'batch 4']);
    expect(ended(), 'and before the evaluation that waited').toEqual([3, 1, 2]);
  });

  test('a training lets photos go first between two steps, and goes before an evaluation', async () => {
    const { log, batches, photos, ask, ended } = lab();
    const all = [ask(1, 'train'), ask(2, 'evaluate')];
    await settled();
    all.push(ask(3, 'classify'));
    batches[0]();
    await settled();
    expect(log).toEqual(['step 1', 'photos']);
    photos[0]();
    for (let i = 1; i < 6; i++) {
      await settled();
      batches[i]();
    }
    await Promise.all(all);
    expect(log).toEqual(['step 1', 'photos', 'step 2', 'batch 1', 'batch 2', 'batch 3', 'batch 4']);
    expect(ended()).toEqual([3, 1, 2]);
  });

  test('an evaluation that stands aside is cancelled at once', async () => {
    const { log, batches, photos, ask, ended } = lab();
    const all = [ask(1, 'evaluate'), ask(2, 'classify')];
    await settled();
    batches[0]();
    await settled();
    await ask(1, 'cancel');
    await all[0];
    expect(ended()).toEqual([1]);
    photos[0]();
    await Promise.all(all);
    expect(log).toEqual(['batch 1', 'photos']);
  });

  test('who waits is told behind what, and for about how long', async () => {
    vi.useFakeTimers();
    try {
      const { responses, batches, photos, ask } = lab(() => Date.now());
      const all = [ask(1, 'evaluate'), ask(2, 'score')];
      for (let i = 0; i < 2; i++) {
        await vi.advanceTimersByTimeAsync(400);
        batches[i]();
      }
      await vi.advanceTimersByTimeAsync(200);
      const told = responses.flatMap((response) =>
        response.kind === 'progress' && response.id === 2 ? [response.progress] : [],
      );
      expect(told).toHaveLength(1);
      expect(told[0], 'two batches of 0.4 s, less the 0.2 s since the last').toMatchObject({
        behind: { kind: 'evaluate', secondsLeft: 0.6 },
      });
      await ask(2, 'cancel');
      for (let i = 2; i < 4; i++) {
        await vi.advanceTimersByTimeAsync(1);
        batches[i]();
      }
      await Promise.all(all);
      const before = responses.length;
      await vi.advanceTimersByTimeAsync(5000);
      expect(responses, 'nobody waits: nothing is told').toHaveLength(before);
      expect(photos).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });
});
