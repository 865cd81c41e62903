/**
 * What each range method leaves of a model's weights, no image needed: `npx tsx scripts/results/weightGain.ts [--model NAME --weights FILE
 * --dataset NAME --data FILE]`. One JSON row for each bitwidth and method: the SQNR in dB and the gain, sum(w w') / sum(w w), both
 * averaged over the layers. A gain below 1 shrinks what a layer puts out; rounding alone has a gain of 1.
 */
import { parseArgs } from 'node:util';
import { lookUp } from '../../src/base/lookUp.ts';
import { isWeighted } from '../../src/graph/shapes.ts';
import { openStages } from '../../src/lab/stages/stages.ts';
import { nodeResources } from '../../src/lab/hosts/node.ts';
import { sqnr } from '../../src/quant/error.ts';
import type { Bits, RangeMethod } from '../../src/quant/types.ts';
import { quantizeWeights } from '../../src/quant/weights.ts';

const { values: args } = parseArgs({
  options: {
    model: { type: 'string', default: 'resnet20' },
    dataset: { type: 'string', default: 'cifar10-sample' },
    weights: { type: 'string' },
    data: { type: 'string' },
  },
});
const METHODS: readonly RangeMethod[] = ['minmax', 'octav', 'mse', 'mse2'];
const WIDTHS: readonly Bits[] = [2, 3, 4, 5, 6, 8];

const { model } = await (
  await openStages(nodeResources(args.weights, undefined, args.data), 'wasm')
).subject({ model: args.model, dataset: args.dataset });
const layers = model.graph.nodes.filter(isWeighted);
for (const bits of WIDTHS) {
  for (const range of METHODS) {
    const each = layers.map((node) => {
      const kernel = lookUp(model.weights, `${node.name}.kernel`, 'array');
      const { codes, scale } = quantizeWeights(node, kernel, bits, {
        granularity: 'perChannel',
        symmetric: true,
        range,
      });
      const back = Float32Array.from(codes, (code, i) => code * scale[i % scale.length]);
      const power = kernel.data.reduce((sum, w) => sum + w * w, 0);
      return { gain: back.reduce((sum, w, i) => sum + w * kernel.data[i], 0) / power, noise: sqnr(kernel.data, back) };
    });
    const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
    console.log(
      JSON.stringify({
        kind: 'weight gain',
        model: args.model,
        weights: args.weights?.split('/').at(-1) ?? 'bundled',
        bits,
        range,
        layers: layers.length,
        gain: Number(mean(each.map(({ gain }) => gain)).toFixed(4)),
        sqnr: Number(mean(each.map(({ noise }) => noise)).toFixed(2)),
        command: `npx tsx scripts/results/weightGain.ts --model ${args.model}`,
      }),
    );
  }
}
process.exit(0);
