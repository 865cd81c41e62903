/** What a model file's `__metadata__` says; its keys, in one place for reader and writer. */
import { plainText } from '../base/plainText.ts';
import type { Normalization } from '../graph/types.ts';

/** Every value is a string, as the safetensors format wants it. A file may lack any key, and have others. */
export type Metadata = {
  /** 'pt': tensors are named and laid out as PyTorch does. */
  readonly format?: string;
  /** 'resnet20-cifar', 'resnet18' or 'resnet50'. */
  readonly architecture?: string;
  /** Where a bottleneck strides: '3x3' (v1.5) or '1x1' (v1). */
  readonly stride?: string;
  /** Batch norm's epsilon. */
  readonly eps?: string;
  /** JSON array of three numbers, for R, G and B in 0..1. */
  readonly mean?: string;
  readonly std?: string;
  /** JSON array of the class names, in the order of the logits. */
  readonly classes?: string;
  /** Side of the square input, in pixels, that the model was made for. */
  readonly inputSize?: string;
  /** Where the weights come from, and under what licence. */
  readonly source?: string;
  readonly licence?: string;
};

/** In pixels; a corrupt size beyond it would ask for gigabytes later on. */
const MAX_INPUT_SIZE = 1024;

/**
 * Mean and std from a file's metadata, or the fallback where it has neither.
 * @throws Error naming the file: one without the other, anything but three numbers, std not above zero, or neither in
 * the file nor a fallback
 */
export function normalizationOf(metadata: Metadata, fallback: Normalization | null, fileName: string): Normalization {
  const [mean, std] = (['mean', 'std'] as const).map((key) => channels(metadata, key, fileName));
  if (mean === null && std === null) {
    if (fallback !== null) return fallback;
    throw new Error(`${fileName} does not say how its input is normalized: its metadata has no mean and std.`);
  }
  if (mean === null || std === null)
    throw new Error(`${fileName}: its metadata has a ${mean ? 'mean without a std' : 'std without a mean'}.`);
  if (std.some((value) => value <= 0))
    throw new Error(`${fileName}: its metadata's std is ${metadata.std}, but must be above zero.`);
  return { mean, std };
}

/**
 * Class names from a file's metadata, or null where it has none.
 * @throws Error naming the file if they are not a JSON array of strings
 */
export function classesOf(metadata: Metadata, fileName: string): readonly string[] | null {
  const classes = json(metadata, 'classes', fileName);
  if (classes === null) return null;
  if (Array.isArray(classes) && classes.every((name) => typeof name === 'string')) return classes;
  throw new Error(`${fileName}: its metadata's classes are not a list of names.`);
}

/**
 * Batch norm's epsilon from a file's metadata, or null where it has none.
 * @throws Error naming the file if it is not between 0 and 1
 */
export function epsilonOf({ eps }: Metadata, fileName: string): number | null {
  if (eps === undefined) return null;
  const value = Number(eps);
  if (value > 0 && value < 1) return value;
  throw new Error(`${fileName}: its metadata's eps is "${plainText(eps, 40)}", but must be a number between 0 and 1.`);
}

/**
 * The side of the square input, in pixels, from a file's metadata, or null where it has none.
 * @throws Error naming the file if it is not a whole number from 1 to 1024
 */
export function inputSizeOf({ inputSize }: Metadata, fileName: string): number | null {
  if (inputSize === undefined) return null;
  const value = Number(inputSize);
  if (Number.isInteger(value) && value >= 1 && value <= MAX_INPUT_SIZE) return value;
  throw new Error(
    `${fileName}: its metadata's inputSize is "${plainText(inputSize, 40)}", but must be a whole number from 1 to ${MAX_INPUT_SIZE}.`,
  );
}

function channels(metadata: Metadata, key: 'mean' | 'std', fileName: string): number[] | null {
  const value = json(metadata, key, fileName);
  if (value === null) return null;
  if (Array.isArray(value) && value.length === 3 && value.every(Number.isFinite)) return value;
  throw new Error(`${fileName}: its metadata's ${key} is ${metadata[key]}, but must be three numbers, for R, G and B.`);
}

function json(metadata: Metadata, key: keyof Metadata, fileName: string): unknown {
  const text = metadata[key];
  if (text === undefined) return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${fileName}: its metadata's ${key} is not JSON: ${plainText(text, 100)}`);
  }
}
