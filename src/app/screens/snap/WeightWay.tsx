/** One weight's way: w → w / s → round → clamp → q → s (q − z). */
import type { Snap, SnapGrid } from '../../../contract/calls/inspect.ts';
import { count } from '../../text/format.ts';
import { WORDS } from '../../words/words.ts';
import { bitPattern, real, signed, whole } from '../layer/numbers.ts';
import { Steps, type StepOf } from '../layer/Steps.tsx';

type Props = {
  readonly snap: Snap;
  readonly grid: SnapGrid;
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
};

/** @param chosen place of the weight among `snap.weights` */
export function stepsOf(
  { weights, channels }: Snap,
  { ways, qmin, qmax, bits }: SnapGrid,
  chosen: number,
): readonly StepOf[] {
  const { steps } = WORDS.snap;
  const [w, index] = [weights.value[chosen], weights.index[chosen]];
  const [ratio, rounded, z, q, back] = [
    ways.ratio[chosen],
    ways.rounded[chosen],
    ways.zeroPoint[chosen],
    ways.code[chosen],
    ways.back[chosen],
  ];
  const unclamped = rounded + z;
  const clamped = q !== unclamped;
  const shifted: StepOf = {
    id: 'shifted',
    kind: 'quantized',
    name: steps.shifted.name,
    value: whole(unclamped),
    number: unclamped,
    note: steps.shifted.note(whole(z)),
  };
  return [
    {
      id: 'w',
      kind: 'float32',
      name: steps.weight.name,
      value: real(w),
      number: w,
      note: steps.weight.note(index % channels, count(index)),
    },
    {
      id: 'ratio',
      kind: 'float32',
      name: steps.ratio.name,
      value: real(ratio),
      number: ratio,
      note: steps.ratio.note(real(ways.scale[chosen])),
    },
    {
      id: 'rounded',
      kind: 'quantized',
      name: steps.rounded.name,
      value: whole(rounded),
      number: rounded,
      note: steps.rounded.note,
    },
    ...(qmin === 0 ? [shifted] : []),
    {
      id: 'code',
      kind: clamped ? 'error' : 'quantized',
      name: steps.code.name,
      value: whole(q),
      number: q,
      note: steps.code.note(whole(qmin), whole(qmax), bitPattern(q, bits), clamped),
    },
    { id: 'back', kind: 'quantized', name: steps.back.name, value: real(back), number: back, note: steps.back.note },
    {
      id: 'error',
      kind: 'error',
      name: steps.error.name,
      value: signed(back - w),
      number: back - w,
      note: steps.error.note,
    },
  ];
}

export function WeightWay({ snap, grid, chosen, onChoose }: Props) {
  const words = WORDS.snap;
  const { value } = snap.weights;
  return (
    <section className="way" aria-labelledby="way">
      <h2 id="way">{words.way}</h2>
      <label className="field wide">
        {words.pick}
        <input
          type="range"
          min={0}
          max={value.length - 1}
          step={1}
          value={chosen}
          onChange={({ target }) => onChoose(target.valueAsNumber)}
          aria-valuetext={real(value[chosen])}
          data-testid="weight"
        />
      </label>
      <p className="note">{words.pickHint}</p>
      <Steps id="way" steps={stepsOf(snap, grid, chosen)} />
    </section>
  );
}
