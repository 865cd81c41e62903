/**
 * `npx tsx scripts/results/lessonAnswers.ts`: measures what the lesson's questions ask for, on 1,000 test images and with three
 * seeds, into datasets/recorded/lesson.json. A tolerance of an accuracy is what 100 test images could show of it, and
 * every seed lies within it; all else is exact.
 */
import { STORY_STEPS } from '../../src/app/names/storySteps.ts';
import { storyChoice } from '../../src/app/state/story.ts';
import { SCHEME_CHANGES } from '../../src/contract/schemeChanges.ts';
import {
  changedPtqSettings,
  float32Settings,
  liveQatSettings,
  ptqSettings,
  type PresetName,
} from '../../src/contract/settings.ts';
import { wilson95 } from '../../src/contract/wilson.ts';
import type { RunSettings } from '../../src/contract/run.ts';
import type { Bits } from '../../src/quant/types.ts';
import { clipCurve } from '../../src/lab/inspect/clipCurve.ts';
import { nodeResources } from '../../src/lab/hosts/node.ts';
import { openStages } from '../../src/lab/stages/stages.ts';
import { writeAnswers, type Answer } from './recordedAnswers.ts';
import { sensitivityOf } from './sensitivity.ts';

const IMAGES = 1_000;
/** So few test images a slow machine measures: what they may show is still right. */
const FEW = 100;
const SEEDS = [1, 2, 3];
const RANKED = 200;

const stages = await openStages(nodeResources(), 'wasm');
const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: IMAGES, seed: 1 };
const answers: Answer[] = [];

function say(answer: Answer): void {
  answers.push(answer);
  console.log(JSON.stringify(answer));
}

/** An accuracy: of the first seed, with what 100 images could show of it, and every other seed. */
async function accuracy(id: string, settings: RunSettings): Promise<number> {
  const seeds = settings.scheme ? SEEDS : SEEDS.slice(0, 1);
  const found: number[] = [];
  for (const seed of seeds) found.push((await stages.evaluate({ ...settings, seed })).top1);
  const few = wilson95(found[0], FEW);
  say({ id, value: found[0], low: Math.min(few.low, ...found), high: Math.max(few.high, ...found) });
  return found[0];
}

const at = (bits: Bits, preset: PresetName = 'modern'): RunSettings => ptqSettings(workload, preset, bits);

await accuracy('float32', float32Settings(workload));
for (const bits of [8, 5, 4, 3, 2] as const) await accuracy(`modern-${bits}`, at(bits));

const { sizeBytes: whole } = await stages.evaluate({ ...float32Settings(workload), images: 1 });
for (const bits of [8, 4, 3] as const)
  say({ id: `size-${bits}`, value: (await stages.evaluate({ ...at(bits), images: 1 })).sizeBytes / whole });

const layers = (await stages.subject(workload)).model.graph.nodes.filter(({ kind }) => kind === 'conv');
for (const bits of [8, 4, 3] as const) {
  const settings = at(bits);
  const { grids } = await clipCurve(stages, { settings, layer: layers[0].name, of: 'weights', channel: null });
  const { choices } = grids.find((grid) => grid.bits === bits) ?? grids[0];
  const share = choices.find(({ method }) => method === 'mse')?.share ?? 1;
  say({ id: `clip-${bits}`, value: share });
}

const { layers: ranked } = await sensitivityOf(stages, { ...at(4, '2021'), images: RANKED });
say({ id: 'worst-layer', value: (ranked as readonly { readonly layer: string }[])[0].layer });

for (const step of STORY_STEPS) {
  const { preset, bits, ...changes } = storyChoice(step, 3);
  const made = Object.fromEntries(SCHEME_CHANGES.filter((name) => changes[name]).map((name) => [name, changes[name]]));
  await accuracy(`story-${step}`, changedPtqSettings(workload, preset, bits, made));
}

const training = liveQatSettings(at(3), { trainImages: 2_000, streamed: false });
const trained = await stages.evaluate(training);
const few = wilson95(trained.top1, FEW);
say({ id: 'trained-3', value: trained.top1, ...few });

await writeAnswers('lesson.json', { device: stages.device.description, images: IMAGES, seeds: SEEDS }, answers);
process.exit(0);
