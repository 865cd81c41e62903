/** What a file of a network holds, said before anything is measured. */
import type { NormalizationName, NormalizationReason, WeightsDescription } from '../../contract/calls/data.ts';
import { isWeighted } from '../../graph/shapes.ts';
import { parseOnnx } from '../../onnx/read/parse.ts';
import { readNetwork } from '../../onnx/read/read.ts';
import { readWeights } from '../../weights/model.ts';
import { isOnnxFile, withNormalization, ASSUMED } from './modelFile.ts';
import { chosenIn } from './normalizations.ts';

const REASONS: Readonly<Record<Exclude<NormalizationReason, 'chosen'>, string>> = {
  file: 'the file says it',
  graph: "the first operators of the file's graph",
  buffers: 'buffers of a normalizing layer in the file',
  convention: "the file does not say it: torchvision's networks are trained with it",
  assumed: "assumed: the file does not say it, and ImageNet's is the most common. Choose another with --normalization",
};

/**
 * @param chosen what the user says of a file that says nothing; undefined: what was written into it, if anything was
 * @throws Error as readModelFile
 */
export function describeWeights(
  bytes: Uint8Array<ArrayBuffer>,
  fileName: string,
  chosen?: NormalizationName,
): WeightsDescription {
  const said = withNormalization(bytes, fileName, chosen);
  const isOnnx = isOnnxFile(said, fileName);
  const { model, names, notes, normalizationFrom } = isOnnx
    ? readNetwork(parseOnnx(said, fileName), ASSUMED)
    : { names: null, ...readWeights(said, fileName, { assumed: ASSUMED.normalization }) };
  const name = chosenIn(said, fileName, isOnnx);
  const reason = name ? 'chosen' : normalizationFrom === 'options' ? 'assumed' : normalizationFrom;
  const from = reason === 'chosen' ? `--normalization ${name}: the file does not say it` : REASONS[reason];
  const { graph, classes } = model;
  return {
    architecture: graph.name,
    inputSize: graph.inputShape[0],
    classes: classes.length,
    namesClasses: !classes.every((each, i) => each === `class ${i}`),
    bits: 'scheme' in model ? model.scheme.weightBits : 32,
    normalization: { ...model.normalization, from, reason, ...(name && { name }) },
    layers: graph.nodes
      .filter(isWeighted)
      .map((node) => ({ name: node.name, fileName: names?.get(node.name) ?? node.name, kind: node.kind })),
    notes,
  };
}
