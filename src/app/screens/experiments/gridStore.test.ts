import { describe, expect, test } from 'vitest';
import type { CallOptions, Lab } from '../../../lab/rpc/client.ts';
import { cellsOf, type Cell, type GridRecord } from '../../../contract/grid/grid.ts';
import { createGridStore } from './gridStore.ts';
import { DEFAULT_CHOICES, gridOf } from './choices.ts';

const GRID = gridOf({ ...DEFAULT_CHOICES, bits: [4] }, 1);

/** Keeps records as the worker does; `during` runs inside each cell's measurement. */
function labWith(records: GridRecord[], during: (cell: Cell, options: CallOptions) => void = () => undefined) {
  const asked: string[] = [];
  const call = async (kind: string, args: unknown, options: CallOptions = {}): Promise<unknown> => {
    asked.push(kind);
    if (kind === 'gridRecords') return records;
    if (kind === 'keepGridRecord') return void records.push(args as GridRecord);
    if (kind === 'forgetGridRecords')
      return void records.splice(0, records.length, ...records.filter(({ key }) => !(args as string[]).includes(key)));
    if (kind === 'score')
      return { threads: 2, latency: { medianMs: 40, batch: 10 }, float32Latency: { medianMs: 80, batch: 10 } };
    during(args as Cell, options);
    options.signal?.throwIfAborted();
    return { key: (args as Cell).key, top1: 0.5, method: (args as Cell).settings.method };
  };
  return { lab: { call, close: () => undefined } as unknown as Lab, asked };
}

describe("the page's grid", () => {
  test('measures, times and keeps each cell', async () => {
    const records: GridRecord[] = [];
    const { lab, asked } = labWith(records);
    const store = createGridStore(lab);
    await store.load();
    await store.run(GRID, true);
    expect(asked).toEqual([
      'gridRecords',
      'gridRecords',
      'gridCell',
      'score',
      'keepGridRecord',
      'gridCell',
      'score',
      'keepGridRecord',
    ]);
    expect(records[0]).toMatchObject({ latency: { msPerImage: 4, float32MsPerImage: 8 } });
    expect(store.getState()).toMatchObject({ running: null, problem: null });
    expect(store.getState().records?.size).toBe(2);
  });

  test('what is timed is what was measured: of a small set, as many images as it has', async () => {
    const scored: unknown[] = [];
    const { lab } = labWith([]);
    const call = (kind: string, args: unknown, options: CallOptions): Promise<unknown> => {
      if (kind === 'score') scored.push(args);
      const answer = lab.call(kind as 'gridCell', args as Cell, options) as Promise<object>;
      return kind === 'gridCell' ? answer.then((row) => ({ ...row, images: 12, calibrationImages: 30 })) : answer;
    };
    await createGridStore({ call, close: () => undefined } as unknown as Lab).run(GRID, true);
    expect(scored).toEqual(cellsOf(GRID).map(({ settings }) => ({ ...settings, images: 12, calibrationImages: 30 })));
  });

  test('what is compared with the float network is timed as that', async () => {
    const scored: unknown[] = [];
    const { lab } = labWith([]);
    const call = (kind: string, args: unknown, options: CallOptions): Promise<unknown> => {
      if (kind === 'score') scored.push(args);
      const answer = lab.call(kind as 'gridCell', args as Cell, options) as Promise<object>;
      return kind === 'gridCell'
        ? answer.then((row) => ({ ...row, images: 12, calibrationImages: 30, against: 'float' }))
        : answer;
    };
    await createGridStore({ call, close: () => undefined } as unknown as Lab).run(GRID, true);
    expect(scored).toHaveLength(2);
    for (const settings of scored) expect(settings).toMatchObject({ images: 12, against: 'float' });
  });

  test('paused, it keeps nothing of the cell under way and goes on with it later', async () => {
    const records: GridRecord[] = [];
    const { lab } = labWith(records, ({ settings }) => settings.method === 'ptq' && store.pause());
    const store = createGridStore(lab);
    await store.run(GRID, false);
    expect(records.map((record) => 'method' in record && record.method)).toEqual(['float32']);
    expect(store.getState()).toMatchObject({ running: null, problem: null });
    const again = labWith(records);
    await createGridStore(again.lab).run(GRID, false);
    expect(records.map((record) => 'method' in record && record.method)).toEqual(['float32', 'ptq']);
    expect(again.asked.filter((kind) => kind === 'gridCell')).toHaveLength(1);
  });

  test('a cell that fails keeps its sentence; the others are measured', async () => {
    const records: GridRecord[] = [];
    const { lab } = labWith(records, ({ settings }) => {
      if (settings.method === 'float32') throw new Error('resnet20 is not here.');
    });
    const store = createGridStore(lab);
    await store.run(GRID, false);
    expect(records).toMatchObject([{ error: 'resnet20 is not here.' }, { method: 'ptq' }]);
    await store.forget(records.map(({ key }) => key));
    expect(store.getState().records?.size).toBe(0);
    expect(records).toEqual([]);
  });
});
