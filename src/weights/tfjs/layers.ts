/** The layers of Keras that have a place in the graph, one row each. */
import { elementCount } from '../../graph/arrays.ts';
import { activated, answered, behind, reluOf } from './activations.ts';
import { describeLayer } from './config.ts';
import { POOLS, vectorOf } from './pools.ts';
import { normalized, rescaled } from './scales.ts';
import { addNode, freshName, imageOf, inputOf, isPlainImage, reshaped, type Rule } from './values.ts';
import { WEIGHTED } from './weighted.ts';
import { targetOf, zerosOf } from './windows.ts';

/** Left away: at work it gives what it reads. */
const same: Rule = (_, layer, inputs) => {
  if (inputs.length !== 1) throw new Error(`${describeLayer(layer)} reads ${inputs.length} tensors: it must be one.`);
  return inputs[0];
};

export const LAYERS: Readonly<Record<string, Rule>> = {
  ...WEIGHTED,
  ...POOLS,

  BatchNormalization: normalized,
  Rescaling: rescaled,

  ReLU: (building, layer, inputs) => activated(building, layer, inputOf(layer, inputs), reluOf(layer)),

  Activation(building, layer, inputs) {
    const after = behind(layer);
    const value = inputOf(layer, inputs);
    return after.activation ? activated(building, layer, value, after.activation) : answered(value, after);
  },

  Softmax: (_, layer, inputs) => ({ ...inputOf(layer, inputs), answer: 'softmax' }),

  ZeroPadding2D(building, layer, inputs) {
    const value = inputOf(layer, inputs);
    if (!isPlainImage(building, value)) imageOf(building, layer, inputs);
    const [top, left, bottom, right] = zerosOf(layer);
    const [a, b, c, d] = value.pads ?? [0, 0, 0, 0];
    const [height, width, channels] = value.shape;
    return {
      ...value,
      pads: [a + top, b + left, c + bottom, d + right],
      shape: [height + top + bottom, width + left + right, channels],
    };
  },

  /** Of more than two tensors it is one addition after the other. */
  Add(building, layer, inputs) {
    if (inputs.length < 2)
      throw new Error(`${describeLayer(layer)} adds ${inputs.length} tensors: it must be two or more.`);
    const images = inputs.map((each) => imageOf(building, layer, [each]));
    return images.slice(1).reduce((sum, each) => {
      const name = freshName(building, layer.name);
      return addNode(building, { kind: 'add', name, inputs: [sum.tensor, each.tensor], activation: null });
    }, images[0]);
  },

  Flatten(building, layer, inputs) {
    const given = inputOf(layer, inputs);
    const value = given.pads ? imageOf(building, layer, inputs) : given;
    return reshaped(layer, vectorOf(building, layer, value), [elementCount(value.shape)]);
  },

  Reshape(building, layer, inputs) {
    const given = inputOf(layer, inputs);
    const value = given.pads ? imageOf(building, layer, inputs) : given;
    return reshaped(layer, vectorOf(building, layer, value), targetOf(layer, elementCount(value.shape)));
  },

  Dropout: same,
  SpatialDropout2D: same,
  GaussianDropout: same,
  GaussianNoise: same,
  AlphaDropout: same,
  ActivityRegularization: same,
};
