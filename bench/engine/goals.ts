/** Ratios of the bench's rows, and what is expected of them. */
import type { Dot, EngineName, TimeRow } from './rows.ts';

type Side = { readonly engine: EngineName; readonly form: string; readonly threads?: number };

/** How many times as fast one contender is to be as another of its race. */
export type Goal = {
  readonly model: string;
  readonly side: number;
  readonly race: number;
  readonly dots: readonly Dot[];
  readonly slow: Side;
  readonly fast: Side;
  readonly atLeast: number;
};

export type RatioRow = {
  readonly kind: 'ratio';
  readonly model: string;
  readonly side: number;
  readonly race: number;
  readonly dot: Dot;
  /** "onnxruntime fp32 / fewbit w8a8". */
  readonly ratio: string;
  /** Of the medians; low and high are of the intervals' far ends. */
  readonly times: number;
  readonly low: number;
  readonly high: number;
  /** Of the best runs. */
  readonly bestTimes: number;
  readonly atLeast: number;
  /** By the medians and by the best runs: other work stretches long runs more than short ones, and so flatters a median. */
  readonly holds: boolean;
};

const fewbit = (form: string): Side => ({ engine: 'fewbit', form });
const onnxruntime = (form: string): Side => ({ engine: 'onnxruntime', form });
const litert: Side = { engine: 'litert', form: 'w8a8' };

function goals(
  [model, side]: readonly [string, number],
  dots: readonly Dot[],
  slow: Side,
  forms: readonly string[],
  atLeast: number,
): Goal[] {
  return forms.map((form) => ({ model, side, race: 1, dots, slow, fast: fewbit(form), atLeast }));
}

const RESNET18 = ['resnet18', 224] as const;
const RESNET20 = ['resnet20', 32] as const;
const RESNET8 = ['resnet8', 32] as const;
const BOTH: readonly Dot[] = ['vnni', 'plain'];

export const GOALS: readonly Goal[] = [
  // Bits alone: one engine, the same plan and loops.
  ...goals(RESNET18, ['vnni'], fewbit('fp32'), ['w7a7'], 3.4),
  ...goals(RESNET18, ['plain'], fewbit('fp32'), ['w4a4'], 2.9),
  ...goals(RESNET18, BOTH, fewbit('fp32'), ['w2a2'], 4),
  ...goals(RESNET18, BOTH, fewbit('w4a4'), ['w2a2'], 1.25),
  // Beside ONNX Runtime Web.
  ...goals(RESNET18, BOTH, onnxruntime('fp32'), ['fp32'], 1),
  ...goals(RESNET18, ['vnni'], onnxruntime('fp32'), ['w8a8', 'w7a7'], 4.2),
  ...goals(RESNET18, ['vnni'], onnxruntime('w8a8'), ['w8a8', 'w7a7'], 2.3),
  ...goals(RESNET18, ['plain'], onnxruntime('fp32'), ['w6a6', 'w5a5', 'w4a4'], 3.4),
  ...goals(RESNET18, ['plain'], onnxruntime('w8a8'), ['w6a6', 'w5a5', 'w4a4'], 1.9),
  ...goals(RESNET20, BOTH, onnxruntime('fp32'), ['w4a4'], 3.5),
  ...goals(RESNET20, BOTH, onnxruntime('w8a8'), ['w4a4'], 2.5),
  // Beside LiteRT.js.
  ...goals(RESNET8, ['vnni'], litert, ['w8a8'], 1),
  ...goals(RESNET8, ['vnni'], litert, ['w2a2'], 1.25),
  ...goals(RESNET8, ['plain'], litert, ['w4a4'], 2),
  ...goals(RESNET8, ['plain'], litert, ['w2a2'], 2.2),
  ...['w8a8', 'w4a4'].map((form) => ({
    model: 'resnet18',
    side: 224,
    race: 2,
    dots: BOTH,
    slow: { ...fewbit(form), threads: 1 },
    fast: { ...fewbit(form), threads: 2 },
    atLeast: 1.6,
  })),
];

/** Most bytes of WebAssembly memory for ResNet-50 at 224 in 8 bits. */
export const MOST_MEMORY = { model: 'resnet50', form: 'w8a8', bytes: 120e6 } as const;

/** Most milliseconds of opening ResNet-18 at 224 at a new width. */
export const OPENING = { model: 'resnet18', side: 224, ms: 250 } as const;

/** What is named by one engine, form and thread count in a race; the last row, where it was measured again. */
function rowOf(rows: readonly TimeRow[], goal: Goal, dot: Dot, { engine, form, threads = 1 }: Side) {
  return rows.findLast(
    (row) =>
      row.model === goal.model &&
      row.side === goal.side &&
      row.race === goal.race &&
      row.dot === dot &&
      row.engine === engine &&
      row.form === form &&
      row.threads === threads,
  );
}

const name = ({ engine, form, threads }: Side): string =>
  `${engine} ${form}${threads === undefined ? '' : threads === 1 ? ', one thread' : `, ${threads} threads`}`;

const rounded = (value: number): number => Number(value.toFixed(3));

/** One row for each goal whose two sides were measured. */
export function ratiosOf(rows: readonly TimeRow[], goals: readonly Goal[] = GOALS): RatioRow[] {
  return goals.flatMap((goal) =>
    goal.dots.flatMap((dot): RatioRow[] => {
      const { model, side, race, atLeast } = goal;
      const slow = rowOf(rows, goal, dot, goal.slow);
      const fast = rowOf(rows, goal, dot, goal.fast);
      if (!slow || !fast) return [];
      const times = slow.medianMs / fast.medianMs;
      const bestTimes = slow.bestMs / fast.bestMs;
      return [
        {
          kind: 'ratio',
          model,
          side,
          race,
          dot,
          ratio: `${name(goal.slow)} / ${name(goal.fast)}`,
          times: rounded(times),
          low: rounded(slow.lowMs / fast.highMs),
          high: rounded(slow.highMs / fast.lowMs),
          bestTimes: rounded(bestTimes),
          atLeast,
          holds: Math.min(times, bestTimes) >= atLeast,
        },
      ];
    }),
  );
}
