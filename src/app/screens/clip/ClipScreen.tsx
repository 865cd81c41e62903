/** Clip or round?: a threshold to drag over a real tensor, at the control's bits. */
import { useState } from 'react';
import type { ClipCurve } from '../../../contract/calls/inspect.ts';
import { times } from '../../text/format.ts';
import { WORDS } from '../../words/words.ts';
import { LayerAndChannelPicker } from '../layer/LayerPicker.tsx';
import { real, share } from '../layer/numbers.ts';
import { useAnswer } from '../layer/useAnswer.ts';
import { isWeighted, useLayers } from '../layer/useLayers.ts';
import { Waiting } from '../layer/Waiting.tsx';
import type { ScreenProps } from '../types.ts';
import { Unclipped } from '../layer/Unclipped.tsx';
import { ClipChart, type ClipChartProps } from './ClipChart.tsx';
import { bestStep, isTwoSided, stepOf, sumAt, thresholdAt, thresholdOf } from './curve.ts';
import '../layer/layer.css';
import './clip.css';
import { settingsOf } from '../../state/selectors.ts';

const KINDS = ['weights', 'activation'] as const;
type Kind = (typeof KINDS)[number];

/** A convolution has both; the classifier's logits are never quantized. */
const canBe = (kind: Kind, layer: { readonly kind: string }): boolean => kind === 'weights' || layer.kind !== 'linear';

export function ClipScreen(props: ScreenProps) {
  const { state, lab } = props;
  const words = WORDS.clip;
  const { answer: known, layers, layer, choose } = useLayers(props, isWeighted);
  const [wantedKind, setKind] = useState<Kind>('weights');
  const [channel, setChannel] = useState<number | null>(null);
  const [part, setPart] = useState(1);
  const { bits } = state.choice;
  // The answer holds every bitwidth, as Snap's does.
  const settings = settingsOf(state, { ...state.choice, bits: 8 });
  const of = layer && canBe(wantedKind, layer) ? wantedKind : 'weights';
  const answer = useAnswer(
    lab,
    'clipCurve',
    layer && { settings, layer: layer.name, of, channel: of === 'weights' ? channel : null },
  );
  if (!layer) return <Waiting answer={known} what={WORDS.layer.layersOf} />;

  const curve = answer.shown;
  const grid = curve?.grids.find((one) => one.bits === bits);
  return (
    <>
      <LayerAndChannelPicker
        layers={layers}
        layer={layer}
        onChoose={(name) => {
          setChannel(null);
          choose(name);
        }}
        channel={channel}
        onChannel={of === 'weights' ? setChannel : null}
      >
        <fieldset className="choice">
          <legend className="unseen">{words.of}</legend>
          {KINDS.filter((kind) => canBe(kind, layer)).map((kind) => (
            <label key={kind}>
              <input type="radio" name="of" value={kind} checked={kind === of} onChange={() => setKind(kind)} />
              {words[kind]}
            </label>
          ))}
        </fieldset>
      </LayerAndChannelPicker>
      <Waiting answer={answer} what={words.tensorOf(of, layer.name)} />
      {curve && grid && (
        <Bench
          curve={curve}
          grid={grid}
          model={state.opened?.model.name ?? ''}
          step={Math.max(0, Math.round(part * grid.clipping.length) - 1)}
          onStep={(step) => setPart((step + 1) / grid.clipping.length)}
        />
      )}
      {grid && of === 'weights' && bestStep(grid) < grid.clipping.length - 1 && <Unclipped state={state} on="clip" />}
    </>
  );
}

/** `threshold` with its sign: ± it where the range has two ends. */
const written = (curve: ClipCurve, threshold: number): string => `${isTwoSided(curve) ? '±' : ''}${real(threshold)}`;

function Bench(props: ClipChartProps) {
  const { curve, grid, step, onStep } = props;
  const words = WORDS.clip;
  const ofSignal = (error: number): string => share(error / curve.power);
  const [clipping, rounding, sum] = [grid.clipping[step], grid.rounding[step], sumAt(grid, step)];
  const threshold = written(curve, thresholdAt(curve, grid, step));
  return (
    <>
      <ClipChart
        {...props}
        control={
          <div className="threshold-control">
            <label className="field wide">
              {words.threshold}
              <input
                type="range"
                min={0}
                max={grid.clipping.length - 1}
                step={1}
                value={step}
                onChange={({ target }) => onStep(target.valueAsNumber)}
                aria-valuetext={words.thresholdValue(threshold, ofSignal(sum))}
                data-testid="threshold"
              />
            </label>
            <p className="yours" data-testid="yours" data-clipping={clipping} data-rounding={rounding}>
              {words.yours(
                threshold,
                ofSignal(clipping),
                ofSignal(rounding),
                ofSignal(sum),
                times(sum / sumAt(grid, bestStep(grid))),
              )}
            </p>
          </div>
        }
      />
      <section aria-labelledby="choices" className="thresholds">
        <h2 id="choices">{words.choices}</h2>
        <div className="buttons">
          {grid.choices.map((choice) => (
            <button
              key={choice.method}
              type="button"
              onClick={() => onStep(stepOf(curve, grid, thresholdOf(curve, choice)))}
              data-testid={`method-${choice.method}`}
            >
              {words.choose(words.methods[choice.method], written(curve, thresholdOf(curve, choice)))}
              <small> {ofSignal(choice.clipping + choice.rounding)}</small>
            </button>
          ))}
        </div>
      </section>
    </>
  );
}
