/** Which layer hurts?: the network as a strip, a guess, what every layer costs alone, and one layer from inside. */
import { useState } from 'react';
import { WORDS } from '../../words/words.ts';
import { useAnswer } from '../layer/useAnswer.ts';
import { layerNamed } from '../layer/useLayers.ts';
import { Waiting } from '../layer/Waiting.tsx';
import type { ScreenProps } from '../types.ts';
import { Inside } from './Inside.tsx';
import { LayerCosts } from './LayerCosts.tsx';
import { Strip } from './Strip.tsx';
import { cellsOf, NOISES, stripFinding, type Noise } from './strip.ts';
import '../layer/layer.css';
import './layers.css';
import { nameOf } from '../../text/names.ts';
import { settingsOf } from '../../state/selectors.ts';

export function LayersScreen({ state, dispatch, lab }: ScreenProps) {
  const words = WORDS.layers;
  const [noise, setNoise] = useState<Noise>('weights');
  const settings = settingsOf(state, state.wanted);
  const answer = useAnswer(lab, 'layers', state.opened && { settings });
  if (!answer.shown) return <Waiting answer={answer} what={words.asking} />;

  const { layers, settings: measured } = answer.shown;
  const cells = cellsOf(layers, noise);
  const layer = layerNamed(layers, state.link.layer);
  return (
    <>
      <section className="network" aria-labelledby="network">
        <h2 id="network" className="finding" data-testid="finding-strip">
          {stripFinding(cells, noise)}
        </h2>
        <fieldset className="choice">
          <legend>{words.colour}</legend>
          {NOISES.map((one) => (
            <label key={one}>
              <input type="radio" name="noise" value={one} checked={one === noise} onChange={() => setNoise(one)} />
              {words[one]}
            </label>
          ))}
        </fieldset>
        <Waiting answer={answer} what={words.asking} />
        {!answer.result && <p className="notice">{words.stale(nameOf(measured))}</p>}
        <Strip cells={cells} chosen={layer?.name ?? ''} onChoose={(name) => dispatch({ kind: 'layer', layer: name })} />
        <p className="note">{words.stripHint}</p>
      </section>
      <LayerCosts state={state} dispatch={dispatch} lab={lab} settings={settings} layers={layers} />
      {layer && <Inside state={state} lab={lab} layer={layer} settings={settings} />}
    </>
  );
}
