/** A training checkpoint as one safetensors file: weights, velocities, averaged weights, how far the run is, and what its keeper adds. */
import type { NamedArray, Weights } from '../../graph/types.ts';
import { readSafetensors, writeSafetensors } from '../../weights/safetensors.ts';
import type { Checkpoint } from './train.ts';
import type { TrainingSettings } from '../../quant/training/types.ts';

const WEIGHT = 'weight/';
const VELOCITY = 'velocity/';
const AVERAGE = 'average/';
const EXTRA = 'extra/';

export const prefixed = (prefix: string, arrays: Weights): [string, NamedArray][] =>
  [...arrays].map(([name, array]) => [prefix + name, array]);

/** The arrays whose names begin with `prefix`, without it. */
export const taken = (prefix: string, arrays: Weights): Map<string, NamedArray> =>
  new Map(
    [...arrays].filter(([name]) => name.startsWith(prefix)).map(([name, array]) => [name.slice(prefix.length), array]),
  );

export function writeCheckpoint({
  step,
  settings,
  weights,
  velocities,
  average = new Map(),
  curve,
  extras = new Map(),
}: Checkpoint): Uint8Array<ArrayBuffer> {
  const arrays = new Map([
    ...prefixed(WEIGHT, weights),
    ...prefixed(VELOCITY, velocities),
    ...prefixed(AVERAGE, average),
    ...prefixed(EXTRA, extras),
  ]);
  return writeSafetensors(arrays, {
    dtype: 'F32',
    metadata: {
      step: String(step),
      settings: JSON.stringify(settings),
      ...(curve && { curve: JSON.stringify(curve) }),
    },
  });
}

function json(text: string, fileName: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${fileName}: not a training checkpoint (its settings or its curve are no JSON).`, { cause });
  }
}

/** @throws when the file is damaged or is no checkpoint, naming it */
export function parseCheckpoint(bytes: Uint8Array<ArrayBuffer>, fileName: string): Checkpoint {
  const { tensors, metadata } = readSafetensors(bytes, fileName);
  const step = Number(metadata.step);
  if (!Number.isInteger(step) || step < 0 || !metadata.settings) {
    throw new Error(`${fileName}: not a training checkpoint (it names no step or no settings).`);
  }
  const settings = json(metadata.settings, fileName) as TrainingSettings;
  const curve = metadata.curve === undefined ? undefined : (json(metadata.curve, fileName) as Checkpoint['curve']);
  const average = taken(AVERAGE, tensors);
  return {
    step,
    settings,
    weights: taken(WEIGHT, tensors),
    velocities: taken(VELOCITY, tensors),
    ...(average.size > 0 && { average }),
    curve,
    extras: taken(EXTRA, tensors),
  };
}

/** @throws when the file is damaged, or was made by a run with other settings than `expected`, naming the file */
export function readCheckpoint(
  bytes: Uint8Array<ArrayBuffer>,
  fileName: string,
  expected: TrainingSettings,
): Checkpoint {
  const checkpoint = parseCheckpoint(bytes, fileName);
  const [made, wanted] = [JSON.stringify(checkpoint.settings), JSON.stringify(expected)];
  if (made !== wanted)
    throw new Error(`${fileName}: was made with other settings (${made}); remove it to start again.`);
  return checkpoint;
}
