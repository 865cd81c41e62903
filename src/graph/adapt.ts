/** A network made to fit other images: another input size, other logits. */
import { namedArray } from './arrays.ts';
import { inferShapes } from './shapes.ts';
import type { FloatModel, LinearNode, NamedArray, Size2 } from './types.ts';

/**
 * The same weights on images of another size: convolutions slide over any, and the pool before the classifier averages
 * whatever is left.
 * @throws naming the node for which the image becomes too small
 */
export function withInputSize(model: FloatModel, [height, width]: Size2): FloatModel {
  const [, , channels] = model.graph.inputShape;
  const graph = { ...model.graph, inputShape: [height, width, channels] as const };
  inferShapes(graph);
  return { ...model, graph };
}

/** The classifier: the linear node that the network ends in. @throws where it ends in another */
export function classifierOf({ graph }: Pick<FloatModel, 'graph'>): LinearNode {
  const last = graph.nodes.at(-1);
  if (last?.kind === 'linear') return last;
  throw new Error(`${graph.name} does not end in a linear classifier, so its classes cannot be chosen.`);
}

/**
 * Of the classifier only the columns `logits`, in that order: what the network says of these classes, as before.
 * @param classes their names, one for each of `logits`
 * @throws RangeError when the network has no such logit
 */
export function withLogits(model: FloatModel, logits: readonly number[], classes: readonly string[]): FloatModel {
  const { name, inFeatures, outFeatures, bias } = classifierOf(model);
  const odd = logits.find((logit) => !Number.isInteger(logit) || logit < 0 || logit >= outFeatures);
  if (odd !== undefined) throw new RangeError(`${model.graph.name} has logits 0 to ${outFeatures - 1}, not ${odd}.`);
  const columns = (part: string, rows: number, shape: readonly number[]): NamedArray => {
    const { data } = namedArray(model.weights, `${name}.${part}`);
    const picked = Float32Array.from(
      { length: rows * logits.length },
      (_, i) => data[Math.floor(i / logits.length) * outFeatures + logits[i % logits.length]],
    );
    return { shape, data: picked };
  };
  const weights = new Map(model.weights).set(
    `${name}.kernel`,
    columns('kernel', inFeatures, [inFeatures, logits.length]),
  );
  if (bias) weights.set(`${name}.bias`, columns('bias', 1, [logits.length]));
  const nodes = model.graph.nodes.map((node) => (node.name === name ? { ...node, outFeatures: logits.length } : node));
  return { ...model, graph: { ...model.graph, nodes }, weights, classes: [...classes] };
}
