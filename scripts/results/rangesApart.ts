/**
 * Which ranges, and which repair, keep more of a network's answers, asked of training images kept apart; a JSON row for each:
 *
 *     npx tsx scripts/results/rangesApart.ts --bits 4 --ranges minmax/mse,mse/mse --repairs none,gain --out docs/results/choices.jsonl
 *
 * The test images are not looked at. The share of images with the float network's answer counts, and beside it the share
 * that is right; the networks have seen these images in training, so both are higher than a test's.
 */
import { parseArgs } from 'node:util';
import { top1 } from '../../src/base/answers.ts';
import type { RunSettings } from '../../src/contract/run.ts';
import { changedPtqSettings, float32Settings } from '../../src/contract/settings.ts';
import { nodeResources } from '../../src/lab/hosts/node.ts';
import { openStages } from '../../src/lab/stages/stages.ts';
import { BITS, type Bits } from '../../src/quant/types.ts';
import { commitOf } from '../commit.ts';
import { answersOf, imagesApart } from './apart.ts';
import { openRows } from './rowsFile.ts';

const { values: args } = parseArgs({
  options: {
    model: { type: 'string', default: 'resnet20' },
    dataset: { type: 'string', default: 'cifar10' },
    weights: { type: 'string' },
    apart: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
    calibration: { type: 'string', default: '512' },
    bits: { type: 'string', default: [...BITS].toReversed().join(',') },
    /** Of the weights and of the activations. */
    ranges: { type: 'string', default: 'minmax/mse,mse/mse' },
    /** Chains of repairs; none is one. */
    repairs: { type: 'string', default: 'none' },
    out: { type: 'string' },
  },
});
const [seed, calibration] = [Number(args.seed), Number(args.calibration)];
const workload = { model: args.model, dataset: args.dataset, images: 1, seed };
const stages = await openStages(nodeResources(args.weights), 'wasm');
const { dataset } = await stages.subject(workload);
const rows = openRows(args.out);
const commit = commitOf(import.meta.dirname);
const float = float32Settings(workload);

function settingsOf(bits: Bits, range: string, chain: string): RunSettings {
  const repair = chain === 'none' ? {} : { repair: chain.replaceAll('+', ',') };
  return { ...changedPtqSettings(workload, 'modern', bits, { range, ...repair }), calibrationImages: calibration };
}

const { calibrationImages } = settingsOf(8, 'mse', 'none');
const set = imagesApart(dataset.train, { calibrationImages, seed }, Number(args.apart));
const wanted = await answersOf(stages, float, set);
for (const bits of args.bits.split(',').map(Number) as Bits[]) {
  for (const repair of args.repairs.split(',')) {
    for (const value of args.ranges.split(',')) {
      const key = {
        kind: 'choice',
        knob: 'ranges',
        value,
        model: args.model,
        dataset: args.dataset,
        bits,
        repair,
        seed,
      };
      if (rows.has({ ...key, calibrationImages })) continue;
      const found = await answersOf(stages, settingsOf(bits, value, repair), set);
      rows.add({
        ...key,
        agreement: top1(found, wanted),
        top1Apart: top1(found, set.labels),
        floatTop1Apart: top1(wanted, set.labels),
        imagesApart: set.count,
        calibrationImages,
        commit,
        command: `npx tsx scripts/results/rangesApart.ts --bits ${bits} --ranges ${value} --repairs ${repair} --calibration ${calibrationImages}`,
      });
    }
  }
}
process.exit(0);
