/** Answers the calls of src/contract/calls/grid.ts; records are kept in the browser where it lets the page, else for the session. */
import { lastingCache, type Cache } from '../../data/store/database.ts';
import { comparedSubject } from '../stages/compared.ts';
import type { Stages } from '../stages/stages.ts';
import type { GridRecord, Provenance } from '../../contract/grid/grid.ts';
import type { RunSettings } from '../../contract/run.ts';
import { measureCell } from './cell.ts';
import type { GridCalls } from '../../contract/calls/grid.ts';
import type { Answers } from '../rpc/answers.ts';

type Records = {
  readonly all: () => Promise<readonly GridRecord[]>;
  readonly put: (record: GridRecord) => Promise<void>;
  readonly remove: (keys: readonly string[]) => Promise<void>;
};

/** For a private window, and where there is no browser. */
function inMemory(): Records {
  const records = new Map<string, GridRecord>();
  return {
    all: async () => [...records.values()],
    put: async (record) => void records.set(record.key, record),
    remove: async (keys) => keys.forEach((key) => records.delete(key)),
  };
}

const inBrowser = (cache: Cache): Records => ({
  all: async () => (await cache.getAll('experiments')).map(({ json }) => JSON.parse(json) as GridRecord),
  put: async (record) => void (await cache.put('experiments', { key: record.key, json: JSON.stringify(record) })),
  remove: async (keys) => void (await Promise.all(keys.map((key) => cache.delete('experiments', key)))),
});

/**
 * A grid is of many sets, and one of the user's own may have fewer images than it asks for: then all that there are. A
 * network that does not know their classes is compared with itself in 32 bits.
 */
async function fitting(settings: RunSettings, stages: Stages): Promise<RunSettings> {
  const { subject, against } = await comparedSubject(stages, settings);
  const { train, test } = subject.dataset;
  return {
    ...settings,
    ...(against && { against }),
    images: Math.min(settings.images, test.count),
    calibrationImages: Math.min(settings.calibrationImages, train.count),
  };
}

/** @param working runs work on the engine that is open */
export function gridAnswers(
  working: <T>(work: (stages: Stages) => T | Promise<T>) => Promise<T>,
  provenance: Provenance,
): Answers<GridCalls> {
  const memory = inMemory();
  // Opened afresh where another tab had it deleted.
  const cached = lastingCache();
  const records = async (): Promise<Records> => {
    const cache = await cached();
    return cache ? inBrowser(cache) : memory;
  };
  return {
    gridCell: (cell, control) =>
      working(async (stages) =>
        measureCell({ ...cell, settings: await fitting(cell.settings, stages) }, stages, { provenance }, control),
      ),
    gridRecords: async () => (await records()).all(),
    async keepGridRecord(record) {
      await (await records()).put(record);
      return null;
    },
    async forgetGridRecords(keys) {
      await (await records()).remove(keys);
      return null;
    },
  };
}
