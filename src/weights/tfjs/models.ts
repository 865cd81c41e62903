/** Sequential and functional models, nested in each other: which layer is called with what. */
import type { Building, Rule, Value } from './values.ts';
import { describeLayer, isRecord, layerOf, shown, type Config, type Layer } from './config.ts';
import { LAYERS } from './layers.ts';
import { refusalOf } from './otherLayers.ts';

const SEQUENTIAL = 'Sequential';
/** "Model" before Keras 2.4, "Functional" since. */
const FUNCTIONAL: readonly string[] = ['Model', 'Functional'];

/** Calls of layers in all; a model that holds itself twice, and so on, would never end. */
const MOST_CALLS = 4000;
const MOST_LEVELS = 16;

const tooMany = (): Error =>
  new Error(
    `it has more than ${MOST_CALLS} layers, or models more than ${MOST_LEVELS} deep in each other, which no network of images has.`,
  );

const isModel = ({ className }: Layer): boolean => className === SEQUENTIAL || FUNCTIONAL.includes(className);

function layersOf(model: Layer): readonly Layer[] {
  const { layers } = model.config;
  if (Array.isArray(layers)) return layers.map(layerOf);
  throw new Error(`${describeLayer(model)} has no list of layers: model.json is damaged.`);
}

/** The shape of the images that a model reads, [H, W, C], as far as its file says it; null: it says none. */
export function inputShapeOf(model: Layer, level = 0): readonly unknown[] | null {
  const { batch_input_shape: shape, batch_shape: newer } = model.config;
  const given = shape ?? newer;
  if (Array.isArray(given)) return given.slice(1);
  if (level > MOST_LEVELS) throw tooMany();
  if (!isModel(model)) return null;
  const layers = layersOf(model);
  const first =
    model.className === SEQUENTIAL
      ? layers[0]
      : (layers.find(({ name }) => name === referencesIn(model.config.input_layers)[0]?.name) ?? layers[0]);
  return first ? inputShapeOf(first, level + 1) : null;
}

/** Calls a layer or a whole model. @throws Error naming the layer that has no place in the graph */
export const called: Rule = (building, layer, inputs) => callOf(0)(building, layer, inputs);

const callOf =
  (level: number): Rule =>
  (building, layer, inputs) => {
    if (++building.calls > MOST_CALLS || level > MOST_LEVELS) throw tooMany();
    if (layer.className === SEQUENTIAL) return sequence(building, layer, inputs, level);
    if (FUNCTIONAL.includes(layer.className)) return functional(building, layer, inputs, level);
    if (Object.hasOwn(LAYERS, layer.className)) return LAYERS[layer.className](building, layer, inputs);
    throw refusalOf(layer);
  };

function sequence(building: Building, model: Layer, inputs: readonly Value[], level: number): Value {
  if (inputs.length !== 1) throw new Error(`${describeLayer(model)} reads ${inputs.length} tensors: it must be one.`);
  const layers = layersOf(model).filter(({ className }) => className !== 'InputLayer');
  return layers.reduce((value, layer) => callOf(level + 1)(building, layer, [value]), inputs[0]);
}

/** An output of one call of a layer. */
type Reference = { readonly name: string; readonly call: number };

const keyOf = ({ name, call }: Reference): string => JSON.stringify([name, call]);

/** References wherever they stand in what Keras writes: ["name", 0, 0, {}], or (Keras 3) a keras_history. */
function referencesIn(node: unknown, level = 0): readonly Reference[] {
  if (level > MOST_LEVELS) return [];
  if (isRecord(node)) {
    const { keras_history: history } = isRecord(node.config) ? node.config : ({} as Config);
    return history === undefined ? referencesIn(node.args, level + 1) : referencesIn(history, level + 1);
  }
  if (!Array.isArray(node)) return [];
  const [name, call, output] = node as unknown[];
  if (typeof name === 'string' && typeof call === 'number' && typeof output === 'number') return [{ name, call }];
  return node.flatMap((each) => referencesIn(each, level + 1));
}

/** A call that waits for what it reads. */
type Call = { readonly layer: Layer; readonly key: string; readonly reads: readonly Reference[] };

/** The calls of each layer; an input has one, which reads nothing. */
function callsOf(layer: Layer): readonly Call[] {
  const { inbound, name } = layer;
  if (inbound !== undefined && !Array.isArray(inbound))
    throw new Error(`${describeLayer(layer)} reads ${shown(inbound)}, which names no layers: model.json is damaged.`);
  const calls: readonly unknown[] = Array.isArray(inbound) && inbound.length > 0 ? inbound : [[]];
  return calls.map((reads, call) => ({ layer, key: keyOf({ name, call }), reads: referencesIn(reads) }));
}

function functional(building: Building, model: Layer, inputs: readonly Value[], level: number): Value {
  const layers = layersOf(model);
  const names = layers.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new Error(`${describeLayer(model)} has two layers named ${shown(twice)}: model.json is damaged.`);
  const wanted = referencesIn(model.config.input_layers);
  const outputs = referencesIn(model.config.output_layers);
  if (wanted.length !== inputs.length)
    throw new Error(
      `${describeLayer(model)} reads ${wanted.length} inputs, where it is given ${inputs.length}: a network with one, of images, can be imported.`,
    );
  if (outputs.length === 0) throw new Error(`${describeLayer(model)} says no output: model.json is damaged.`);
  if (outputs.length > 1) building.notes.add(`Of its outputs the first is read (${shown(outputs[0].name)}).`);
  const calls = layers.flatMap(callsOf).filter(({ layer }) => layer.className !== 'InputLayer');
  const readers = new Map<string, number>();
  for (const reference of [...calls.flatMap(({ reads }) => reads), outputs[0]])
    readers.set(keyOf(reference), (readers.get(keyOf(reference)) ?? 0) + 1);
  const values = new Map<string, Value>();
  const know = (key: string, value: Value): unknown =>
    values.set(key, { ...value, isShared: value.isShared || (readers.get(key) ?? 0) > 1 });
  wanted.forEach((reference, i) => know(keyOf(reference), inputs[i]));
  let waiting = calls;
  while (waiting.length > 0 && !values.has(keyOf(outputs[0]))) {
    const later: Call[] = [];
    for (const call of waiting) {
      const read = call.reads.map((reference) => values.get(keyOf(reference)));
      const ready = read.filter((value) => value !== undefined);
      if (ready.length < read.length || read.length === 0) later.push(call);
      else know(call.key, callOf(level + 1)(building, call.layer, ready));
    }
    if (later.length === waiting.length) throw cut(waiting[0]);
    waiting = later;
  }
  const value = values.get(keyOf(outputs[0]));
  if (value) return value;
  throw new Error(
    `${describeLayer(model)} gives ${shown(outputs[0].name)}, which none of its layers makes: model.json is damaged.`,
  );
}

const cut = ({ layer, reads }: Call): Error =>
  new Error(
    `${describeLayer(layer)} reads ${reads.length > 0 ? shown(reads.map(({ name }) => name).join(', ')) : 'nothing'}, which no layer before it makes: the model is cut, or reads itself in a circle.`,
  );
