import { describe, expect, test } from 'vitest';
import type { Stages } from '../stages/stages.ts';
import { measureCell } from '../grid/cell.ts';
import { cellsOf, isRow, type GridRecord, type GridSettings } from '../../contract/grid/grid.ts';
import { recordsOf, runGrid, secondsLeft, type GridEvent, type GridTools } from './gridRun.ts';
import type { RunSettings } from '../../contract/run.ts';
import type { Control } from '../../contract/progress.ts';

const GRID: GridSettings = {
  models: ['resnet20', 'resnet18'],
  datasets: ['cifar10'],
  methods: ['float32', 'ptq'],
  bits: [8, 4],
  scheme: 'modern',
  repairs: [],
  images: 4,
  calibrationImages: 2,
  seed: 1,
  training: {},
};
const cells = cellsOf(GRID);

/** Answers at once; the models named fail. */
function tools(failing: ReadonlySet<string>, store: GridRecord[] = []) {
  const asked: RunSettings[] = [];
  let time = 0;
  const set = {
    height: 32,
    width: 32,
    count: 4,
    pixels: new Uint8Array(),
    labels: Int32Array.of(0, 1, 2, 3),
    classes: ['a', 'b', 'c', 'd'],
  };
  const stages = {
    testSet: () => Promise.resolve(set),
    async evaluate(settings: RunSettings, control: Control) {
      control.signal?.throwIfAborted();
      asked.push(settings);
      time += 2000;
      if (failing.has(settings.model)) throw new Error(`${settings.model} is not bundled.`);
      return {
        settings,
        device: { backend: 'wasm', description: 'a test', threads: 1, crossOriginIsolated: false },
        top1: 0.5,
        predictions: Int32Array.of(0, 1, 0, 0),
        confidences: new Float32Array(4),
        sizeBytes: 1,
        onnxBytes: 2,
        seconds: 1,
      };
    },
  } as unknown as Stages;
  const made: GridTools = {
    store: { load: async () => store, save: async (record) => void store.push(record) },
    measure: (cell, control) =>
      measureCell(
        cell,
        stages,
        {
          provenance: { versions: { tfjs: '0' }, commit: 'abc' },
          clock: { now: () => time, date: () => '2026-01-01T00:00:00.000Z' },
        },
        control,
      ),
  };
  return { made, asked, store };
}

async function collect(run: AsyncGenerator<GridEvent, void>, until = Infinity): Promise<GridEvent[]> {
  const events: GridEvent[] = [];
  for await (const event of run) if (events.push(event) === until) break;
  return events;
}

describe('running a grid', () => {
  test('every cell leaves a row with all that repeats it', async () => {
    const { made, store } = tools(new Set());
    const events = await collect(runGrid(GRID, made));
    expect(events.map(({ done }) => done)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(store[0]).toMatchObject({
      key: cells[0].key,
      model: 'resnet20',
      side: 32,
      method: 'float32',
      weightBits: 32,
      top1: 0.5,
      seed: 1,
      commit: 'abc',
      versions: { tfjs: '0' },
      labels: '0123',
      predictions: '0100',
      seconds: 2,
      finished: '2026-01-01T00:00:00.000Z',
    });
    expect(store[2]).toMatchObject({
      method: 'ptq',
      weightBits: 4,
      command: expect.stringContaining('--bits 4') as string,
    });
  });

  test('what is stored is not run again; the rest is', async () => {
    const first = tools(new Set());
    await collect(runGrid(GRID, first.made), 3);
    const second = tools(new Set(), first.store);
    const events = await collect(runGrid(GRID, second.made));
    expect(second.asked).toEqual(cells.slice(3).map(({ settings }) => settings));
    expect(events[0]).toMatchObject({ done: 4, total: 6 });
  });

  test('a failure is kept with its sentence, does not stop the others, and is tried again last', async () => {
    const { made, store } = tools(new Set(['resnet18']));
    await collect(runGrid(GRID, made));
    expect(store.filter((record) => !isRow(record)).map((record) => 'error' in record && record.error)).toEqual(
      Array(3).fill('resnet18 is not bundled.'),
    );
    const fixed = tools(new Set(), store);
    await collect(runGrid(GRID, fixed.made));
    expect(fixed.asked.map(({ model }) => model)).toEqual(['resnet18', 'resnet18', 'resnet18']);
    expect([...recordsOf(cells, store).values()].every(isRow)).toBe(true);
    const missingFirst = tools(
      new Set(),
      store
        .filter(({ key }) => key !== cells[0].key && key !== cells[1].key)
        .concat({ key: cells[1].key, error: 'before' }),
    );
    await collect(runGrid(GRID, missingFirst.made));
    expect(missingFirst.asked).toEqual([cells[0].settings, cells[1].settings]);
  });

  test('a stop is no failure: nothing is stored for the cell under way', async () => {
    const controller = new AbortController();
    const { made, store } = tools(new Set());
    const run = runGrid(GRID, made, { signal: controller.signal });
    await run.next();
    controller.abort(new Error('enough'));
    await expect(run.next()).rejects.toThrow('enough');
    expect(store).toHaveLength(1);
  });

  test('the time left follows the pace measured on the same model, else on any', () => {
    const [a, b] = cells;
    expect(secondsLeft(cells, [])).toBeNull();
    expect(
      secondsLeft(
        [a],
        [
          { settings: a.settings, seconds: 10 },
          { settings: b.settings, seconds: 90 },
        ],
      ),
    ).toBeCloseTo(10, 9);
    expect(secondsLeft([b], [{ settings: a.settings, seconds: 10 }])).toBeCloseTo(10, 9);
  });
});
