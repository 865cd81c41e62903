/** Snap: a real layer's weights over the 2^b grid. All bitwidths are here at once, so the slider never waits for the lab. */
import { useState } from 'react';
import type { Snap } from '../../../contract/calls/inspect.ts';
import { bitsName } from '../../text/format.ts';
import { WORDS } from '../../words/words.ts';
import { LayerAndChannelPicker } from '../layer/LayerPicker.tsx';
import { useAnswer } from '../layer/useAnswer.ts';
import { isWeighted, useLayers } from '../layer/useLayers.ts';
import { Waiting } from '../layer/Waiting.tsx';
import type { ScreenProps } from '../types.ts';
import { Unclipped } from '../layer/Unclipped.tsx';
import { SnapChart } from './SnapChart.tsx';
import { WeightWay } from './WeightWay.tsx';
import '../layer/layer.css';
import { settingsOf } from '../../state/selectors.ts';

/** The first weight that is followed: this share of the way from the least to the greatest. */
const START = 0.9;

export function SnapScreen(props: ScreenProps) {
  const { state, lab } = props;
  const words = WORDS.snap;
  const { answer: known, layers, layer, choose } = useLayers(props, isWeighted);
  const [channel, setChannel] = useState<number | null>(null);
  const [share, setShare] = useState(START);
  const { preset, bits } = state.choice;
  // The answer holds every bitwidth: the question names none of the control's, so that it is asked once.
  const settings = settingsOf(state, { ...state.choice, bits: 8 });
  const answer = useAnswer(lab, 'snap', layer && { settings, layer: layer.name, channel });
  if (!layer) return <Waiting answer={known} what={WORDS.layer.layersOf} />;

  const grid = answer.shown?.grids.find((one) => one.bits === bits);
  const kept = keptBits(
    answer.shown,
    layers.map(({ name }) => name),
  );
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
        onChannel={setChannel}
      />
      <Waiting answer={answer} what={words.weightsOf(layer.name)} />
      {answer.shown && kept !== null && kept !== bits && (
        <p className="notice">{words.keptAt(preset, answer.shown.layer, bitsName(kept))}</p>
      )}
      {answer.shown && grid && (
        <Picture
          snap={answer.shown}
          grid={grid}
          model={state.opened?.model.name ?? ''}
          share={share}
          onShare={setShare}
        />
      )}
      {answer.shown && kept === null && <Unclipped state={state} on="snap" />}
    </>
  );
}

type PictureProps = {
  readonly snap: Snap;
  readonly grid: Snap['grids'][number];
  readonly model: string;
  readonly share: number;
  readonly onShare: (share: number) => void;
};

function Picture({ snap, grid, model, share, onShare }: PictureProps) {
  const last = snap.weights.value.length - 1;
  const chosen = Math.round(share * last);
  const onChoose = (index: number): void => onShare(index / Math.max(last, 1));
  return (
    <>
      <SnapChart snap={snap} grid={grid} model={model} chosen={chosen} onChoose={onChoose} />
      <WeightWay snap={snap} grid={grid} chosen={chosen} onChoose={onChoose} />
    </>
  );
}

/** The bits that the scheme gives the first and the last layer whatever the control says; null: the control's. */
function keptBits(snap: Snap | null, names: readonly string[]): number | null {
  if (!snap || ![names[0], names[names.length - 1]].includes(snap.layer)) return null;
  return snap.settings.scheme?.firstLastBits ?? null;
}
