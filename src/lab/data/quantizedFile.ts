/** A quantized .onnx file that was brought: opened as the very QuantizedModel, and held to the network that is shown. */
import { sha256 } from '../../data/bytes/fingerprint.ts';
import type { FloatModel } from '../../graph/types.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import { readModelFile } from './modelFile.ts';
import type { Resources } from '../resources.ts';

/** What the shelf and the resources call it. */
export const QUANTIZED = 'quantized';

/** `file`: its name and the beginning of its SHA-256, by which settings name it. */
export type QuantizedFile = { readonly file: string; readonly bytes: Uint8Array; readonly model: QuantizedModel };

const HASH_DIGITS = 8;

/** @throws where none was brought, or it is damaged */
export async function openQuantizedFile({ readModel }: Pick<Resources, 'readModel'>): Promise<QuantizedFile> {
  const { bytes, fileName } = await readModel(QUANTIZED);
  const read = readModelFile(bytes, fileName);
  if (read.kind !== 'quantized')
    throw new Error(`${fileName} is not quantized: it is a float network, which can be chosen as the network itself.`);
  return { file: `${fileName} ${(await sha256(bytes)).slice(0, HASH_DIGITS)}`, bytes, model: read.model };
}

const described = ({
  graph: {
    name,
    inputShape: [height, width],
  },
  classes,
}: Pick<FloatModel, 'graph' | 'classes'>): string =>
  `a ${name} of ${height} x ${width} images and ${classes.length} classes (${classes.slice(0, 3).join(', ')}, …)`;

/** @throws with a sentence where the file holds another network than the one that it would stand beside */
export function requireSameNetwork(
  { file, model }: QuantizedFile,
  subject: { readonly model: Pick<FloatModel, 'graph' | 'classes'> },
): void {
  // A file of another tool names no classes: their order is taken to be that of the network it stands beside.
  const unnamed = model.classes.every((name, index) => name === `class ${index}`);
  const named = unnamed && model.classes.length === subject.model.classes.length;
  const classes = named ? subject.model.classes : model.classes;
  const [theirs, ours] = [described({ ...model, classes }), described(subject.model)];
  if (theirs !== ours)
    throw new Error(
      `${file} holds ${theirs}, but ${ours} is what is measured now: choose that network and those images first.`,
    );
  if (classes.join() !== subject.model.classes.join())
    throw new Error(`${file} has other classes, or in another order, than what is measured now.`);
}
