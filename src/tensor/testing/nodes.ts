/** A network on grids, node by node: for suites that judge each layer by itself and may not import tfjs themselves. */
import * as tf from '@tensorflow/tfjs';
import { lookUp } from '../../base/lookUp.ts';
import { INPUT, type TensorName } from '../../graph/types.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import { toFakeQuantizedModel } from '../fakeQuantized.ts';
import type { QatNetwork } from '../qat/qatNetwork.ts';

export type Real = { readonly data: Float32Array; readonly shape: readonly number[] };

/** What a node makes of real inputs [n, ...], its grid included; INPUT's only puts them on the grid. */
export type NodeByNode = {
  readonly model: tf.LayersModel;
  readonly run: (name: TensorName, inputs: readonly Real[]) => Promise<Float32Array>;
};

async function through(layers: readonly tf.layers.Layer[], inputs: readonly Real[]): Promise<Float32Array> {
  const output = tf.tidy(() => {
    const tensors = inputs.map(({ data, shape }) => tf.tensor(data, [...shape]));
    const first: tf.Tensor | tf.Tensor[] = tensors.length === 1 ? tensors[0] : tensors;
    return layers.reduce<tf.Tensor | tf.Tensor[]>((x, layer) => layer.apply(x) as tf.Tensor, first) as tf.Tensor;
  });
  const values = (await output.data()) as Float32Array;
  output.dispose();
  return values;
}

export function nodesOfFakeQuantized(quantized: QuantizedModel): NodeByNode {
  const model = toFakeQuantizedModel(quantized);
  const layersOf = (name: TensorName): tf.layers.Layer[] => {
    const base = name.replaceAll('.', '_');
    return model.layers.filter(
      (layer) => (layer.name === base && name !== INPUT) || layer.name === `${base}_quantizer`,
    );
  };
  return { model, run: (name, inputs) => through(layersOf(name), inputs) };
}

/** As the network answers once it is trained: statistics frozen. */
export const nodesOfQat = ({ model, layers }: QatNetwork): NodeByNode => ({
  model,
  run: (name, inputs) => through([lookUp(layers, name, 'layer')], inputs),
});
