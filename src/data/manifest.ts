/** sample.json: what the bundled sample's files must be, checked before it is believed. */
import type { SampleFile, SampleManifest } from './types.ts';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

const isFingerprint = (value: Json): boolean =>
  isCount(value.bytes) && typeof value.sha256 === 'string' && /^[0-9a-f]{64}$/.test(value.sha256);

const isSampleFile = (value: unknown): value is SampleFile =>
  isObject(value) &&
  typeof value.name === 'string' &&
  isFingerprint(value) &&
  isObject(value.raw) &&
  isFingerprint(value.raw) &&
  isCount(value.images) &&
  Array.isArray(value.originalIndices) &&
  value.originalIndices.length === value.images &&
  value.originalIndices.every(isCount);

const isSampleManifest = (value: unknown): value is SampleManifest =>
  isObject(value) &&
  typeof value.name === 'string' &&
  value.format === 'cifar-10-binary' &&
  isCount(value.seed) &&
  typeof value.rule === 'string' &&
  Array.isArray(value.classes) &&
  value.classes.every((name) => typeof name === 'string') &&
  isSampleFile(value.train) &&
  isSampleFile(value.test);

/**
 * Reads a sample.json.
 * @param fileName named in the errors
 * @throws when it is no JSON, or lacks what a manifest must say
 */
export function parseManifest(bytes: Uint8Array, fileName: string): SampleManifest {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new Error(`${fileName} is damaged: it is no JSON. Reload the page or install Fewbit again.`, { cause });
  }
  if (!isSampleManifest(value)) {
    throw new Error(`${fileName} does not describe a sample of CIFAR-10. Reload the page or install Fewbit again.`);
  }
  return value;
}
