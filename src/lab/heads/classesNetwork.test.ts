/** Own classes through the stages: learned on a network, kept as its head, and from then on a network as any other. */
import { beforeAll, expect, test } from 'vitest';
import { subset } from '../../data/imageSet.ts';
import type { Dataset } from '../../data/types.ts';
import { OWN_CLASSES } from '../../contract/catalogue.ts';
import { float32Settings, ptqSettings } from '../../contract/settings.ts';
import { LabError } from '../../contract/errors.ts';
import { nodeResources } from '../hosts/node.ts';
import type { Resources } from '../resources.ts';
import { openStages } from '../stages/stages.ts';

const node = nodeResources();
const workload = { ...OWN_CLASSES, images: 40, seed: 1 };
let own: Dataset;

/** A browser's: what is kept is found again by the next stages. */
function resourcesWith(kept: Map<string, Uint8Array<ArrayBuffer>>, data: Dataset = own): Resources {
  return {
    ...node,
    keepModel: async (name, _, bytes) => {
      kept.set(name, bytes);
      return null;
    },
    async readModel(name) {
      if (name !== OWN_CLASSES.model) return node.readModel(name);
      const bytes = kept.get(name);
      if (!bytes) throw new LabError('absent', 'It is not here yet.');
      return { bytes, fileName: 'own classes' };
    },
    readDataset: async (name, side) => (name === OWN_CLASSES.dataset ? data : node.readDataset(name, side)),
  };
}

beforeAll(async () => {
  const { train, test: apart } = await node.readDataset('cifar10-sample');
  /** Ships and frogs, by names that the network was never told. */
  const two = (set: typeof train, count: number): typeof train => {
    const places = [...set.labels.keys()].filter((i) => [6, 8].includes(set.labels[i])).slice(0, count);
    const picked = subset(set, Int32Array.from(places));
    return { ...picked, classes: ['pond', 'harbour'], labels: picked.labels.map((label) => (label === 6 ? 0 : 1)) };
  };
  own = { name: OWN_CLASSES.dataset, train: two(train, 60), test: two(apart, 40) };
}, 60_000);

test('a head of a few kilobytes knows them, at 8 bits too, and after everything was let go of', async () => {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  const stages = await openStages(resourcesWith(kept), 'wasm');
  expect(await stages.classes.kept()).toBeNull();
  const units = new Set<string>();
  const learned = await stages.classes.learn(
    { base: 'resnet20', dataset: OWN_CLASSES.dataset, seed: 1 },
    { report: ({ unit }) => void units.add(unit) },
  );
  expect(learned).toMatchObject({
    classes: ['pond', 'harbour'],
    base: 'resnet20',
    images: 60,
    side: 32,
    message: null,
  });
  expect([...units]).toEqual(['images', 'epochs']);
  expect(learned.file.length).toBeLessThan(4000);
  for (const settings of [float32Settings(workload), { ...ptqSettings(workload, 'modern', 8), calibrationImages: 40 }])
    expect((await stages.evaluate(settings)).top1).toBeGreaterThanOrEqual(0.9);

  const later = await openStages(resourcesWith(new Map()), 'wasm');
  await expect(later.subject(workload)).rejects.toThrow('It is not here yet.');
  expect(await later.classes.keep(learned.file)).toMatchObject({ classes: ['pond', 'harbour'] });
  await expect(later.classes.keep(new Uint8Array(20))).rejects.toThrow(/network of own classes in it/);
}, 120_000);

test('one class, and the network itself beneath, are refused', async () => {
  const one: Dataset = { ...own, test: { ...own.test, classes: ['pond'] } };
  const stages = await openStages(resourcesWith(new Map(), one), 'wasm');
  const args = { dataset: OWN_CLASSES.dataset, seed: 1 };
  await expect(stages.classes.learn({ ...args, base: 'resnet20' })).rejects.toThrow(/one class only/);
  await expect(stages.classes.learn({ ...args, base: OWN_CLASSES.model })).rejects.toThrow(/must be another/);
}, 60_000);
