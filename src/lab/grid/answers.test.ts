import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import type { Stages } from '../stages/stages.ts';
import type { GridRecord } from '../../contract/grid/grid.ts';
import { gridAnswers } from './answers.ts';

const noEngine = <T>(work: (stages: Stages) => T | Promise<T>): Promise<T> =>
  Promise.resolve(work(null as unknown as Stages));
const made = () => gridAnswers(noEngine, { versions: {}, commit: null });

test('records outlive the page that kept them; the last of a key counts; forgotten ones are gone', async () => {
  const first = made();
  await first.keepGridRecord({ key: 'a', error: 'no network' }, {});
  await first.keepGridRecord({ key: 'b', error: 'no images' }, {});
  await first.keepGridRecord({ key: 'a', top1: 0.5 } as unknown as GridRecord, {});
  const second = made();
  expect(await second.gridRecords(null, {})).toEqual([
    { key: 'a', top1: 0.5 },
    { key: 'b', error: 'no images' },
  ]);
  await second.forgetGridRecords(['b'], {});
  expect(await made().gridRecords(null, {})).toEqual([{ key: 'a', top1: 0.5 }]);
});
