/** One layer from inside: the ranges of its channels, and what one image makes of it. */
import { useState } from 'react';
import type { RunSettings } from '../../../lab/protocol.ts';
import type { LayerInfo } from '../../../lab/inspectProtocol.ts';
import { count, millions } from '../../format.ts';
import { Picture } from '../../ImageTile.tsx';
import { WORDS } from '../../words.ts';
import { useAnswer } from '../layer/useAnswer.ts';
import { Waiting } from '../layer/Waiting.tsx';
import type { ScreenProps } from '../types.ts';
import { ChannelRanges } from './ChannelRanges.tsx';
import { channelCount, noisiest } from './maps.ts';
import { MapsView, type Pixel } from './MapsView.tsx';

type Props = Pick<ScreenProps, 'state' | 'lab'> & { readonly layer: LayerInfo; readonly settings: RunSettings };

export function Inside({ state, lab, layer, settings }: Props) {
  const words = WORDS.layers;
  const { name, kind, shape, kernelShape, parameters, macs } = layer;
  const weighted = kernelShape !== null;
  const channels = useAnswer(lab, 'channels', weighted ? { settings, layer: name } : null);
  return (
    <section className="inside" aria-labelledby="inside">
      <h2 id="inside">{words.inside(name)}</h2>
      <p>{words.about(words.kinds[kind], shape.join(' × '), kernelShape?.join(' × ') ?? '', count(parameters), millions(macs))}</p>
      {weighted && <Waiting answer={channels} what={words.channelsOf} />}
      {weighted && channels.result && <ChannelRanges channels={channels.result} />}
      {kind !== 'linear' && <Maps key={name} state={state} lab={lab} layer={layer} settings={settings} />}
    </section>
  );
}

function Maps({ state, lab, layer, settings }: Props) {
  const words = WORDS.layers;
  const [image, setImage] = useState(0);
  const [wantedChannel, setChannel] = useState<number | null>(null);
  const [pixel, setPixel] = useState<Pixel>({ x: (layer.shape[1] ?? layer.shape[0]) >> 1, y: layer.shape.length === 3 ? layer.shape[0] >> 1 : 0 });
  const answer = useAnswer(lab, 'featureMaps', { settings, layer: layer.name, image });
  const maps = answer.shown;
  const strip = state.images;
  const label = state.opened?.dataset.classes[state.opened.labels[image]] ?? '';
  const bits = layer.quantized?.activation?.bits ?? settings.scheme?.activationBits ?? 32;
  const channel = maps && (wantedChannel ?? noisiest(maps));
  return (
    <>
      <h3>{words.maps}</h3>
      <div className="fields">
        {strip && image < strip.count && (
          <div className="thumbnail">
            <Picture strip={strip} index={image} alt={words.imageIs(count(image + 1), label)} />
          </div>
        )}
        <label className="field">
          {words.image}
          <input type="range" min={0} max={Math.max(0, state.link.images - 1)} value={image} onChange={({ target }) => setImage(target.valueAsNumber)} aria-valuetext={words.imageIs(count(image + 1), label)} data-testid="map-image" />
          <output>{words.imageIs(count(image + 1), label)}</output>
        </label>
        {maps && channel !== null && channelCount(maps) > 1 && (
          <label className="field">
            {words.mapChannel}
            <input type="range" min={0} max={channelCount(maps) - 1} value={channel} onChange={({ target }) => setChannel(target.valueAsNumber)} data-testid="map-channel" />
            <output>{channel}</output>
          </label>
        )}
      </div>
      <Waiting answer={answer} what={words.mapsOf} />
      {maps && channel !== null && (
        <MapsView maps={maps} bits={bits} channel={Math.min(channel, channelCount(maps) - 1)} pixel={pixel} onPixel={setPixel} />
      )}
    </>
  );
}
