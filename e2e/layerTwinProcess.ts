/** What src/lab says of one layer, without a page: `tsx e2e/layerTwinProcess.ts QUESTION` writes one JSON line to stdout. */
import { clipCurve } from '../src/lab/inspect/clipCurve.ts';
import { openStages } from '../src/lab/stages/stages.ts';
import { featureMaps } from '../src/lab/inspect/featureMaps.ts';
import { describeChannels } from '../src/lab/inspect/layerChannels.ts';
import { describeLayers } from '../src/lab/inspect/layers.ts';
import { nodeResources } from '../src/lab/hosts/node.ts';
import { layerFinding, placesOf } from '../src/app/text/layerRanking.ts';
import { numberPath } from '../src/lab/inspect/numberPath.ts';
import { measureSensitivity } from '../src/lab/inspect/sensitivity.ts';
import { ptqSettings } from '../src/contract/settings.ts';
import { snap } from '../src/lab/inspect/snap.ts';
import type { Bits } from '../src/quant/types.ts';

export type LayerQuestion = {
  readonly layer: string;
  readonly bits: Bits;
  readonly images: number;
  readonly place: { readonly y: number; readonly x: number; readonly channel: number };
};

async function tell({ layer, bits, images, place }: LayerQuestion) {
  const stages = await openStages(nodeResources(), 'wasm');
  const settings = ptqSettings({ model: 'resnet20', dataset: 'cifar10-sample', images, seed: 1 }, 'modern', bits);
  const { model, dataset } = await stages.subject(settings);
  const { quantized } = await stages.make(settings);
  if (!quantized) throw new Error('nothing was quantized');
  const snapped = await snap(stages, { settings, layer, channel: null });
  const curve = await clipCurve(stages, { settings, layer, of: 'weights', channel: null });
  const grid = snapped.grids.find((one) => one.bits === bits);
  const clip = curve.grids.find((one) => one.bits === bits);
  const channels = await describeChannels(stages, { settings, layer });
  const { path } = await numberPath(stages, { settings, layer, image: 0, place });
  const maps = await featureMaps(stages, { settings, layer, image: 0 });
  const { layers } = await describeLayers(stages, settings);
  const sensitivity = await measureSensitivity(
    model,
    quantized,
    await stages.calibrated(settings),
    dataset.test,
    images,
    {},
    stages.here,
  );
  return {
    spikes: [...(grid?.spikes ?? [])],
    firstCode: grid?.first,
    leastWeight: snapped.weights.value[0],
    leastCode: grid?.ways.code[0],
    clipping: [...(clip?.clipping ?? [])],
    rounding: [...(clip?.rounding ?? [])],
    choices: clip?.choices.map(({ method, clipping, rounding }) => ({ method, sum: clipping + rounding })) ?? [],
    cells: layers.flatMap(({ name, quantized: noise }) =>
      noise?.weightSqnr ? [{ name, sqnr: noise.weightSqnr }] : [],
    ),
    scales: [...channels.scale],
    mapSqnr: maps.sqnr[place.channel],
    path:
      path.kind === 'conv' ? { sum: path.sum, accumulator: path.accumulator, code: path.code, real: path.real } : null,
    finding: layerFinding(sensitivity, { first: 'conv1', last: 'fc' }),
    ranked: placesOf(sensitivity).map(({ layer: name, both }) => ({
      name,
      divergence: both.divergence,
      top1: both.top1,
    })),
  };
}

export type LayerAnswer = Awaited<ReturnType<typeof tell>>;

console.log(JSON.stringify(await tell(JSON.parse(process.argv[2]) as LayerQuestion)));
process.exit(0);
