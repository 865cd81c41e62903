/** One weight's way: w → w / s → round → clamp → q → s (q − z). */
import type { ReactNode } from 'react';
import type { Snap, SnapGrid } from '../../../lab/inspectProtocol.ts';
import { count } from '../../format.ts';
import { WORDS } from '../../words.ts';
import { bitPattern, real, signed, whole } from '../layer/numbers.ts';

type Props = {
  readonly snap: Snap;
  readonly grid: SnapGrid;
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
};

export function WeightWay({ snap, grid, chosen, onChoose }: Props) {
  const words = WORDS.snap;
  const { value, index } = snap.weights;
  const { ways, qmin, qmax, bits } = grid;
  const w = value[chosen];
  const [z, q] = [ways.zeroPoint[chosen], ways.code[chosen]];
  const unclamped = ways.rounded[chosen] + z;
  const { steps } = words;
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
          aria-valuetext={real(w)}
          data-testid="weight"
        />
      </label>
      <p className="note">{words.pickHint}</p>
      <ol className="steps-of">
        <Step id="w" kind="float32" name={steps.weight.name} value={real(w)} number={w} note={steps.weight.note(index[chosen] % snap.channels, count(index[chosen]))} />
        <Step id="ratio" kind="float32" name={steps.ratio.name} value={real(ways.ratio[chosen])} number={ways.ratio[chosen]} note={steps.ratio.note(real(ways.scale[chosen]))} />
        <Step id="rounded" kind="quantized" name={steps.rounded.name} value={whole(ways.rounded[chosen])} number={ways.rounded[chosen]} note={steps.rounded.note} />
        {qmin === 0 && <Step id="shifted" kind="quantized" name={steps.shifted.name} value={whole(unclamped)} number={unclamped} note={steps.shifted.note(whole(z))} />}
        <Step
          id="code"
          kind={q === unclamped ? 'quantized' : 'error'}
          name={steps.code.name}
          value={whole(q)}
          number={q}
          note={steps.code.note(whole(qmin), whole(qmax), bitPattern(q, bits), q !== unclamped)}
        />
        <Step id="back" kind="quantized" name={steps.back.name} value={real(ways.back[chosen])} number={ways.back[chosen]} note={steps.back.note} />
        <Step id="error" kind="error" name={steps.error.name} value={signed(ways.back[chosen] - w)} number={ways.back[chosen] - w} note={steps.error.note} />
      </ol>
    </section>
  );
}

type StepProps = {
  readonly id: string;
  readonly kind: 'float32' | 'quantized' | 'error';
  readonly name: string;
  readonly value: string;
  readonly number: number;
  readonly note: ReactNode;
};

function Step({ id, kind, name, value, number, note }: StepProps) {
  return (
    <li className={kind}>
      <span className="name">{name}</span>
      <data className="big" value={String(number)} data-testid={`way-${id}`}>
        {value}
      </data>
      <span className="note">{note}</span>
    </li>
  );
}
