/** What a file of a network holds, said before anything is measured. */
import type { NormalizationName, NormalizationReason, WeightsDescription } from '../../contract/calls/data.ts';
import { isWeighted } from '../../graph/shapes.ts';
import { parseOnnx } from '../../onnx/read/parse.ts';
import { readNetwork } from '../../onnx/read/read.ts';
import { readWeights } from '../../weights/model.ts';
import { isOnnxFile, withNormalization, ASSUMED } from './modelFile.ts';
import { isTfjsContainer } from '../../weights/tfjs/container.ts';
import { chosenIn } from './normalizations.ts';
import { readTfjsFile } from './tfjsFile.ts';

const REASONS: Readonly<Record<Exclude<NormalizationReason, 'chosen'>, string>> = {
  file: 'the file says it',
  graph: "the first operators of the file's graph",
  buffers: 'buffers of a normalizing layer in the file',
  convention: "the file does not say it: torchvision's networks are trained with it",
  assumed: "assumed: the file does not say it, and ImageNet's is the most common. Choose another with --normalization",
};

const ASSUMED_SIGNED =
  'assumed: the file does not say it, and from -1 to 1 is what MobileNets are trained with. Choose another with --normalization';

const reasonOf = (reason: keyof typeof REASONS, bytes: Uint8Array): string =>
  reason === 'assumed' && isTfjsContainer(bytes) ? ASSUMED_SIGNED : REASONS[reason];

/** What the reader of its format says of a file, and what its user chose. */
function described(bytes: Uint8Array<ArrayBuffer>, fileName: string) {
  if (isTfjsContainer(bytes)) {
    const { chosen: name, ...read } = readTfjsFile(bytes, fileName);
    return { names: null, name, ...read };
  }
  const isOnnx = isOnnxFile(bytes, fileName);
  const name = chosenIn(bytes, fileName, isOnnx);
  if (isOnnx) return { name, ...readNetwork(parseOnnx(bytes, fileName), ASSUMED) };
  return { names: null, name, ...readWeights(bytes, fileName, { assumed: ASSUMED.normalization }) };
}

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
  const { model, names, notes, normalizationFrom, name } = described(said, fileName);
  const reason = name ? 'chosen' : normalizationFrom === 'options' ? 'assumed' : normalizationFrom;
  const from = reason === 'chosen' ? `--normalization ${name}: the file does not say it` : reasonOf(reason, said);
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
