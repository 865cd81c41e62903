/** The engine bench's command line. */
import { parseArgs } from 'node:util';

/** The networks by name, each with the sides of its square input. */
export const SIDES = {
  resnet8: [32],
  resnet20: [32],
  resnet18: [160, 224],
  resnet50: [224],
  mobilenetv2: [224],
} as const;

export type ModelName = keyof typeof SIDES;

export const MODELS = Object.keys(SIDES) as readonly ModelName[];

/** Raced unless others are named. */
const USUAL = MODELS.filter((model) => model !== 'mobilenetv2');

const RACES = [1, 2] as const;

/** Chromium with the processor's VNNI and without it. */
export const PROCESSORS = ['vnni', 'plain'] as const;

export type BenchOptions = {
  readonly models: readonly ModelName[];
  /** Seconds that the turns of one race take; opening its contenders comes on top. */
  readonly seconds: number;
  /** The folder of the two .tflite files; null: without LiteRT.js. */
  readonly litert: string | null;
  readonly races: readonly number[];
  readonly processors: readonly (typeof PROCESSORS)[number][];
};

/** @throws Error with a sentence that names the argument and what it may be */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      models: { type: 'string', default: USUAL.join() },
      seconds: { type: 'string', default: '10' },
      litert: { type: 'string' },
      threads: { type: 'string', default: RACES.join() },
      processors: { type: 'string', default: PROCESSORS.join() },
    },
  });
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) throw new Error(`--seconds ${values.seconds}: it must be a number above 0.`);
  return {
    models: listOf('models', values.models, MODELS),
    seconds,
    litert: values.litert ?? null,
    races: listOf('threads', values.threads, RACES.map(String)).map(Number),
    processors: listOf('processors', values.processors, PROCESSORS),
  };
}

function listOf<T extends string>(name: string, given: string, allowed: readonly T[]): readonly T[] {
  const names = given.split(',').map((part) => part.trim());
  const unknown = names.find((part) => !(allowed as readonly string[]).includes(part));
  if (unknown !== undefined)
    throw new Error(
      `--${name} ${given}: "${unknown}" is none of ${allowed.join(', ')} (several are joined by commas).`,
    );
  return allowed.filter((part) => names.includes(part));
}
