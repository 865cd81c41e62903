/** A TensorFlow.js layers model (Teachable Machine's among them) to a float model. */
import { distinctNames, plainText } from '../../base/plainText.ts';
import { lookUp } from '../../base/lookUp.ts';
import { elementCount, requireUsable } from '../../graph/arrays.ts';
import { inferShapes, weightShapes } from '../../graph/shapes.ts';
import { INPUT } from '../../graph/types.ts';
import type { FloatModel, Graph, NamedArray, Normalization } from '../../graph/types.ts';
import type { TfjsFiles } from './container.ts';
import { shown, type Layer } from './config.ts';
import { metadataOf } from './metadata.ts';
import { parseModelJson } from './modelJson.ts';
import { called, inputShapeOf } from './models.ts';
import { normalizationOf } from './scales.ts';
import { tensorsOf } from './tensors.ts';
import { addLinear, freshName, identityLinear, isImage, type Building, type Value } from './values.ts';
import { MAX_SIDE } from './windows.ts';

export type TfjsOptions = {
  /** Of a model that does not say how its pixels are scaled. */
  readonly assumed: Normalization;
  /** Side of the square input, in pixels, where neither the model nor its metadata says it. */
  readonly inputSize: number;
};

export type ReadTfjs = {
  readonly model: FloatModel;
  /** Where its normalization is from: Teachable Machine's metadata, a layer that rescales the pixels, or nowhere. */
  readonly normalizationFrom: 'file' | 'graph' | 'assumed';
  readonly notes: readonly string[];
};

/** Teachable Machine's: pixel / 127.5 - 1. */
export const SIGNED: Normalization = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

const MOST_CLASSES = 10_000;
const LONGEST_SENTENCE = 600;

/**
 * Reads a layers model: nested Sequential and functional models of the layers that `LAYERS` lists. Its logits are those
 * before the softmax at its end, which is left away.
 * @throws Error beginning with the file's name: another kind of model or project, a layer that has no place in the graph,
 * weights that are missing, misshapen or no numbers, shards of another length than the manifest says
 */
export function readTfjs(files: TfjsFiles, fileName: string, options: TfjsOptions): ReadTfjs {
  try {
    return read(files, options);
  } catch (cause) {
    const sentence = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${fileName}: ${plainText(advised(sentence), LONGEST_SENTENCE)}`, { cause });
  }
}

/** What to do, where a sentence does not say it. */
const advised = (sentence: string): string =>
  /\b(?:[Ee]xport|[Bb]ring|[Cc]onvert|[Ss]ave|[Bb]uild) /.test(sentence)
    ? sentence
    : `${sentence} Export the model again, or bring another one.`;

function read({ model: json, shards, metadata }: TfjsFiles, options: TfjsOptions): ReadTfjs {
  const said = metadataOf(metadata);
  const { model, groups } = parseModelJson(json);
  const inputShape = imageShape(inputShapeOf(model), said.imageSize ?? options.inputSize);
  const building = newBuilding(tensorsOf(groups, shards), inputShape);
  const end = called(building, model, [{ tensor: INPUT, shape: inputShape, isShared: false }]);
  const logits = classifier(building, model, end);
  const count = lookUp(building.shapes, logits.tensor, 'shape')[0];
  if (count > MOST_CLASSES) throw new Error(`it has ${count} classes: at most ${MOST_CLASSES} can be told apart here.`);
  const graph: Graph = {
    name: said.isTeachable ? 'teachable-machine' : freshName({ nodes: new Map() }, model.name),
    inputShape,
    nodes: neededFor(building, logits),
  };
  inferShapes(graph);
  const weights = new Map(
    [...weightShapes(graph)].map(([name, shape]) => [name, usable(name, shape, building.arrays)]),
  );
  const unused = [...building.tensors.keys()].filter((name) => !building.used.has(name));
  if (unused.length > 0)
    building.notes.add(
      `${unused.length} weights that no layer reads are left aside (${unused.slice(0, 3).map(shown).join(', ')}).`,
    );
  const normalizationFrom = building.input ? 'graph' : said.isTeachable ? 'file' : 'assumed';
  return {
    model: {
      graph,
      weights,
      normalization: building.input ? normalizationOf(building.input) : said.isTeachable ? SIGNED : options.assumed,
      classes: classNames(count, said.labels),
    },
    normalizationFrom,
    notes: [...(said.modelName ? [`Its maker calls it “${said.modelName}”.`] : []), ...building.notes],
  };
}

function newBuilding(tensors: ReadonlyMap<string, NamedArray>, inputShape: Graph['inputShape']): Building {
  const endings = new Map<string, string[]>();
  for (const name of tensors.keys()) {
    const ending = name.split('/').slice(-2).join('/');
    endings.set(ending, [...(endings.get(ending) ?? []), name].slice(0, 2));
  }
  return {
    tensors,
    endings,
    used: new Set(),
    nodes: new Map(),
    shapes: new Map([[INPUT, inputShape]]),
    arrays: new Map(),
    notes: new Set(),
    input: null,
    calls: 0,
  };
}

/** [H, W, C] of the images. @throws Error naming what a network of other things reads */
function imageShape(shape: readonly unknown[] | null, side: number): Graph['inputShape'] {
  if (!shape)
    throw new Error('it does not say the shape of its input: build it with an input shape and save it again.');
  const [height, width, channels] = [shape[0] ?? side, shape[1] ?? side, shape[2]];
  const isSize = (each: unknown): each is number =>
    Number.isInteger(each) && (each as number) > 0 && (each as number) <= MAX_SIDE;
  const all = [height, width, channels];
  if (shape.length !== 3 || !all.every(isSize))
    throw new Error(
      `its input is [${shape.map((size) => (size === null ? '?' : shown(size))).join(', ')}], which is no picture [height, width, channels] of up to ${MAX_SIDE} pixels a side. ${OF_OTHER_INPUTS} can be imported: bring one of these.`,
    );
  if (channels !== 3)
    throw new Error(
      `it reads pictures of ${channels} ${channels === 1 ? 'channel (grey, or a spectrogram of sound)' : 'channels'}, and pictures here have three (red, green, blue). Bring a network of colour pictures.`,
    );
  return all as unknown as Graph['inputShape'];
}

const OF_OTHER_INPUTS = 'No networks of sound, text, poses or tables, but those of colour pictures';

/** The logits: a dense layer at the end. What gives its answer otherwise gets one that changes nothing. */
function classifier(building: Building, model: Layer, end: Value): Value {
  if (end.answer)
    building.notes.add(`The ${end.answer} at its end is left away: what is measured are the logits that it reads.`);
  if (isImage(building, end) || end.shape.filter((size) => size !== 1).length > 1)
    throw new Error(
      `it ends in [${end.shape}], which is no list of classes. Bring a network that classifies pictures.`,
    );
  const node = building.nodes.get(end.tensor);
  const isDense = node?.kind === 'linear' && !end.affine && !end.isShared;
  if (isDense && node.activation)
    throw new Error(
      `its last layer ${node.name} is held at zero by a ReLU: it gives no logits. Bring a network that ends in a dense layer or a softmax.`,
    );
  const found = isDense ? end : identityLinear(building, { ...model, name: 'logits' }, end, null);
  const features = lookUp(building.shapes, found.tensor, 'shape')[0];
  return features === 1 ? ofTwoClasses(building, found, end.answer) : found;
}

/** One number behind a sigmoid is the answer between two classes: softmax(0, x) is (1 - sigmoid(x), sigmoid(x)). */
function ofTwoClasses(building: Building, value: Value, answer: Value['answer']): Value {
  if (answer !== 'sigmoid')
    throw new Error(
      'it gives one number, which is no answer between classes. Bring a network that classifies pictures.',
    );
  return addLinear(building, {
    name: freshName(building, 'two_classes'),
    value,
    kernel: { shape: [1, 2], data: Float32Array.of(0, 1) },
    bias: null,
    activation: null,
  });
}

/** Nodes that the logits need, in order; branches that lead nowhere are left out. */
function neededFor({ nodes }: Building, { tensor }: Value): Graph['nodes'] {
  const needed = new Set([tensor]);
  const kept = [...nodes.values()].reverse().filter((node) => {
    if (!needed.has(node.name)) return false;
    for (const name of 'inputs' in node ? node.inputs : [node.input]) needed.add(name);
    return true;
  });
  return kept.reverse();
}

function usable(name: string, shape: readonly number[], arrays: ReadonlyMap<string, NamedArray>): NamedArray {
  const array = lookUp(arrays, name, 'array');
  if (array.data.length !== elementCount(shape))
    throw new Error(`${name} has ${array.data.length} values, but should have [${shape}].`);
  requireUsable(name, array.data, name.endsWith('.variance'));
  return { shape, data: array.data };
}

function classNames(count: number, labels: readonly string[] | null): readonly string[] {
  if (labels === null) return Array.from({ length: count }, (_, index) => `class ${index}`);
  if (labels.length !== count)
    throw new Error(
      `it gives ${count} answers, but its metadata.json has ${labels.length} labels: the files are not of one model. Export it again.`,
    );
  return distinctNames(labels, (what) => new Error(`${what} in its metadata.json.`));
}
