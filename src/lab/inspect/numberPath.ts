/** The path of one number through one layer, on one test image: what the integer interpreter computes there, step by step. */
import { normalize } from '../../data/normalize.ts';
import { lookUp } from '../../base/lookUp.ts';
import { inferShapes, inputsOf } from '../../graph/shapes.ts';
import { INPUT, type TensorName } from '../../graph/types.ts';
import { layerPath } from './layerPath.ts';
import { runInteger } from '../../integer/reference/run.ts';
import type { Stages } from '../stages/stages.ts';
import type { NumberPath, NumberPathArgs } from '../../contract/calls/inspect.ts';
import type { Control } from '../../contract/progress.ts';

/** @throws when the settings are float32's, or there is no such layer, image or place */
export async function numberPath(stages: Stages, args: NumberPathArgs, control: Control = {}): Promise<NumberPath> {
  const { settings, layer, image, place } = args;
  const { dataset } = await stages.subject(settings);
  const { quantized } = await stages.make(settings, control);
  if (!quantized) throw new Error('A number has no integer path in 32-bit float: choose a bitwidth.');
  const node = quantized.graph.nodes.find(({ name }) => name === layer);
  if (!node) {
    throw new Error(
      layer === INPUT
        ? 'The input is computed from nothing: choose a layer.'
        : `${quantized.graph.name} has no layer named ${layer}.`,
    );
  }
  const codes = new Map<TensorName, Uint8Array>();
  const onTensor = (name: TensorName, values: Uint8Array): void => void codes.set(name, values);
  runInteger(quantized, normalize(dataset.test, [image], quantized.normalization), 1, { onTensor });
  const operands = inputsOf(node).map((name) => lookUp(codes, name, 'codes'));
  return {
    ...args,
    shape: lookUp(inferShapes(quantized.graph), layer, 'shape'),
    path: layerPath(quantized, node, operands, place),
  };
}
