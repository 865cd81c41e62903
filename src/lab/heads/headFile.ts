/**
 * The network of a person's own classes as a file: the head, the classes' names, and which network it stands on. A
 * safetensors file of some kilobytes; the frozen layers are in the file of the network beneath.
 */
import { MODELS, modelTitle } from '../../contract/catalogue.ts';
import { readSafetensors, writeSafetensors } from '../../weights/safetensors.ts';
import type { FloatModel } from '../../graph/types.ts';
import { LabError } from '../../contract/errors.ts';
import { fingerprint } from '../../base/bytes/fingerprint.ts';
import { withHead } from './head.ts';
import type { Head } from './regression.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type ClassesHead = Head & {
  readonly classes: readonly string[];
  /** The network beneath, by its name in the catalogue, and a mark of its weights. */
  readonly base: string;
  readonly baseMark: string;
  /** What its user calls the file of the network beneath. */
  readonly baseFile: string;
  /** Photos that it was learned from, the seed, and the side of its input in pixels. */
  readonly images: number;
  readonly seed: number;
  readonly side: number;
};

const KIND = 'fewbit classes 1';

/** Tells one network's weights from another's. */
export const markOf = ({ weights }: Pick<FloatModel, 'weights'>): string =>
  fingerprint([...weights.values()].map(({ data }) => data));

export function writeClassesHead({ kernel, bias, ...about }: ClassesHead): Bytes {
  const outputs = bias.length;
  return writeSafetensors(
    new Map([
      ['head.kernel', { shape: [kernel.length / outputs, outputs], data: kernel }],
      ['head.bias', { shape: [outputs], data: bias }],
    ]),
    { dtype: 'F32', metadata: { kind: KIND, about: JSON.stringify(about) } },
  );
}

/** @throws Error naming the file, where it is no such file or damaged */
export function readClassesHead(bytes: Bytes, fileName: string): ClassesHead {
  const { tensors, metadata } = readSafetensors(bytes, fileName);
  const [kernel, bias] = [tensors.get('head.kernel'), tensors.get('head.bias')];
  if (metadata.kind !== KIND || !kernel || !bias)
    throw new Error(`${fileName} holds no network of own classes: train it on the screen Your own classes.`);
  return { ...aboutOf(metadata.about, bias.data.length, fileName), kernel: kernel.data, bias: bias.data };
}

/** What the metadata says, checked: a session may bring a file that anybody wrote. */
function aboutOf(text: string, outputs: number, fileName: string): Omit<ClassesHead, keyof Head> {
  const refuse = (): never => {
    throw new Error(`${fileName} does not say which classes it knows, or which network it stands on: train it again.`);
  };
  let about: unknown;
  try {
    about = JSON.parse(text);
  } catch {
    return refuse();
  }
  const { classes, base, baseMark, baseFile, images, seed, side } = (about ?? {}) as Record<string, unknown>;
  const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= 200;
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  if (!Array.isArray(classes) || classes.length !== outputs || !classes.every(isText)) return refuse();
  if (!isText(base) || !Object.hasOwn(MODELS, base) || !isText(baseMark) || !isText(baseFile)) return refuse();
  if (!isCount(images) || !isCount(seed) || !isCount(side)) return refuse();
  return { classes, base, baseMark, baseFile, images, seed, side };
}

/**
 * The network beneath with the head on it.
 * @param base as its file has it
 * @throws LabError 'absent' where another network lies under that name by now
 */
export function onBase(base: FloatModel, head: ClassesHead): FloatModel {
  if (markOf(base) !== head.baseMark)
    throw new LabError(
      'absent',
      `The network of your classes was trained on ${head.baseFile}, and another file is in its place now (${modelTitle(head.base)}). Bring ${head.baseFile} again on the data screen, or train your classes again.`,
    );
  return withHead(base, head.classes, head, 'your classes');
}
