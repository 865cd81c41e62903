import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ptqSettings } from '../../contract/settings.ts';
import type { Progress } from '../../contract/progress.ts';
import type { RunSettings } from '../../contract/run.ts';
import { nodeResources } from '../hosts/node.ts';
import { openStages } from './stages.ts';

const folder = await mkdtemp(join(tmpdir(), 'repairs-'));
afterEach(() => rm(folder, { recursive: true, force: true }));

const plain = ptqSettings({ model: 'resnet20', dataset: 'cifar10-sample', images: 40, seed: 1 }, 'modern', 3);
const settings: RunSettings = {
  ...plain,
  calibrationImages: 20,
  scheme: plain.scheme && { ...plain.scheme, repairs: ['bias'] },
};

/** The layers that `make` begins to repair, in turn; cancelled when it begins the last of `most`. */
async function layersRepaired(stages: Awaited<ReturnType<typeof openStages>>, most = Infinity): Promise<string[]> {
  const layers: string[] = [];
  const abort = new AbortController();
  const report = ({ stage }: Progress): void => {
    if (!stage.startsWith('Bias correction: ')) return;
    layers.push(stage.slice('Bias correction: '.length));
    if (layers.length === most) abort.abort('enough');
  };
  const made = stages.make(settings, { report, signal: abort.signal });
  if (most === Infinity) await made;
  else await expect(made).rejects.toBe('enough');
  return layers;
}

test('a repair that is cancelled goes on where it was, in this page and, from its checkpoint, in the next', async () => {
  const resources = nodeResources(undefined, folder);
  const stages = await openStages(resources, 'wasm');
  const first = await layersRepaired(stages, 3);
  const second = await layersRepaired(stages, 2);
  expect(await readdir(folder)).toEqual([expect.stringMatching(/^repair-/)]);

  const reloaded = await openStages(resources, 'wasm');
  const rest = await layersRepaired(reloaded);
  const atOnce = await openStages(nodeResources(), 'wasm');
  const all = await layersRepaired(atOnce);
  // What a cancel found at work is finished or done again.
  expect([...new Set([...first, ...second, ...rest])]).toEqual(all);
  expect(first.length + second.length + rest.length).toBeLessThanOrEqual(all.length + 2);
  expect(await readdir(folder)).toEqual([]);

  const [cut, whole] = [(await reloaded.make(settings)).quantized, (await atOnce.make(settings)).quantized];
  expect(cut).toEqual(whole);
  expect(cut?.repairs).toMatchObject([{ repair: 'bias' }]);
}, 120_000);

test('what was kept of other weights, or is damaged, is not gone on with', async () => {
  const resources = nodeResources(undefined, folder);
  const done = await layersRepaired(await openStages(resources, 'wasm'), 3);
  const damaged = await openStages(
    {
      ...resources,
      checkpoints: async () => {
        const store = await resources.checkpoints?.();
        return store ? { ...store, load: () => Promise.resolve(Uint8Array.of(1, 2, 3)) } : null;
      },
    },
    'wasm',
  );
  expect((await layersRepaired(damaged, 3)).slice(0, 3)).toEqual(done);
}, 120_000);
