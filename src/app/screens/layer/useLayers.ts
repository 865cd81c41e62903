/** The network's layers, and the one that all screens look at: the link's, or else the first of the largest. */
import type { LayerInfo, Layers } from '../../../contract/calls/inspect.ts';
import type { ScreenProps } from '../types.ts';
import { useAnswer, type Answer } from './useAnswer.ts';
import { float32Of } from '../../state/selectors.ts';

type ChosenLayer = {
  readonly answer: Answer<Layers>;
  readonly layers: readonly LayerInfo[];
  /** One of `layers`; null until they are known. */
  readonly layer: LayerInfo | null;
  readonly choose: (name: string) => void;
};

/** Of these layers, the one named; else the first of those with the most parameters. */
export function layerNamed(layers: readonly LayerInfo[], name: string): LayerInfo | null {
  const largest = layers.reduce<LayerInfo | null>(
    (most, layer) => (most === null || layer.parameters > most.parameters ? layer : most),
    null,
  );
  return layers.find((layer) => layer.name === name) ?? largest;
}

/** @param wanted which layers can be chosen */
export function useLayers({ state, dispatch, lab }: ScreenProps, wanted: (layer: LayerInfo) => boolean): ChosenLayer {
  const answer = useAnswer(lab, 'layers', state.opened && { settings: float32Of(state) });
  const layers = (answer.result?.layers ?? []).filter(wanted);
  return {
    answer,
    layers,
    layer: layerNamed(layers, state.link.layer),
    choose: (layer) => dispatch({ kind: 'layer', layer }),
  };
}

export const isWeighted = ({ kernelShape }: LayerInfo): boolean => kernelShape !== null;
