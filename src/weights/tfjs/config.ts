/** A layer's configuration as Keras writes it: unknown JSON, looked at key by key. */
import { plainText } from '../../base/plainText.ts';
import type { Size2 } from '../../graph/types.ts';

export type Config = Readonly<Record<string, unknown>>;

export type Layer = {
  readonly className: string;
  readonly name: string;
  readonly config: Config;
  /** Of a functional model: for each call of the layer the outputs that it reads; of a Sequential's none. */
  readonly inbound: unknown;
};

const LONGEST = 60;

/** Text of a file, for a sentence. */
export const shown = (value: unknown): string =>
  plainText(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'missing'), LONGEST);

/** "Conv2D (block_1_expand)", for messages. */
export const describeLayer = ({ className, name }: Pick<Layer, 'className' | 'name'>): string =>
  `${shown(className)} (${shown(name)})`;

export const isRecord = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws Error where an entry is no layer */
export function layerOf(entry: unknown): Layer {
  if (!isRecord(entry) || typeof entry.class_name !== 'string')
    throw new Error(`one of its layers is ${shown(entry)}, which is no layer: model.json is damaged.`);
  const { class_name: className, inbound_nodes: inbound } = entry;
  const config = isRecord(entry.config) ? entry.config : Array.isArray(entry.config) ? { layers: entry.config } : {};
  const name = typeof entry.name === 'string' ? entry.name : config.name;
  return { className, name: typeof name === 'string' && name !== '' ? name : className, config, inbound };
}

/** A number of the configuration, or what Keras takes where it is missing. @throws Error naming the layer and the key */
export function numberOf(layer: Layer, key: string, otherwise: number): number {
  const value = layer.config[key] ?? otherwise;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new Error(`${describeLayer(layer)} has ${key} ${shown(value)}, which must be a number.`);
}

/** One number for both axes, or one for each. @throws Error naming the layer and the key */
export function pairOf(layer: Layer, key: string, otherwise?: number | Size2): Size2 {
  const value = layer.config[key] ?? otherwise;
  const pair: unknown = typeof value === 'number' ? [value, value] : value;
  const isSize = (each: unknown): each is number => Number.isSafeInteger(each) && (each as number) > 0;
  if (Array.isArray(pair) && pair.length === 2 && pair.every(isSize)) return [pair[0], pair[1]];
  throw new Error(`${describeLayer(layer)} has ${key} ${shown(value)}, which must be two positive whole numbers.`);
}

/** The name of an activation; Keras writes a function of its own as an object. */
export function activationName({ config: { activation } }: Layer): string {
  if (activation === undefined || activation === null) return 'linear';
  const given = isRecord(activation) ? (activation.class_name ?? activation.config) : activation;
  return typeof given === 'string' ? given.toLowerCase() : shown(given);
}

/** @throws Error naming the layer where its images are [C, H, W] */
export function requireChannelsLast(layer: Layer): void {
  if (layer.config.data_format === 'channels_first')
    throw new Error(
      `${describeLayer(layer)} has its channels first; only channels last (the default of Keras) can be imported. Export it with data_format "channels_last".`,
    );
}
