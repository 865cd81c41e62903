/** One layer from inside: the ranges of its channels, what one image makes of it, and the path of one number. */
import { useState } from 'react';
import type { LayerInfo } from '../../../contract/calls/inspect.ts';
import { count, millions } from '../../text/format.ts';
import { WORDS } from '../../words/words.ts';
import { useAnswer } from '../layer/useAnswer.ts';
import { Waiting } from '../layer/Waiting.tsx';
import type { ScreenProps } from '../types.ts';
import { Channels } from './Channels.tsx';
import { ImagePicker } from './ImagePicker.tsx';
import { channelCount, noisiest } from './maps.ts';
import { MapsView, type Pixel } from './MapsView.tsx';
import { PathOfNumber } from './PathOfNumber.tsx';
import type { RunSettings } from '../../../contract/run.ts';

type Props = Pick<ScreenProps, 'state' | 'lab'> & { readonly layer: LayerInfo; readonly settings: RunSettings };

export function Inside({ state, lab, layer, settings }: Props) {
  const words = WORDS.layers;
  const { name, kind, shape, kernelShape, parameters, macs } = layer;
  const weighted = kernelShape !== null;
  const [image, setImage] = useState(0);
  const inner = { state, lab, layer, settings, image, onImage: setImage };
  return (
    <section className="inside" aria-labelledby="inside">
      <h2 id="inside">{words.inside(name)}</h2>
      <p>
        {words.about(
          words.kinds[kind],
          shape.join(' × '),
          kernelShape?.join(' × ') ?? '',
          count(parameters),
          millions(macs),
        )}
      </p>
      {weighted && <Channels key={`channels of ${name}`} lab={lab} settings={settings} layer={name} />}
      {kind === 'linear' ? <Score key={name} {...inner} /> : <Maps key={name} {...inner} />}
    </section>
  );
}

type InnerProps = Props & { readonly image: number; readonly onImage: (image: number) => void };

/** The middle of the layer's output; of a vector, its first number. */
const middleOf = ({ shape }: LayerInfo): Pixel =>
  shape.length === 3 ? { x: shape[1] >> 1, y: shape[0] >> 1 } : { x: 0, y: 0 };

function Maps({ state, lab, layer, settings, image, onImage }: InnerProps) {
  const words = WORDS.layers;
  const [wantedChannel, setChannel] = useState<number | null>(null);
  const [pixel, setPixel] = useState(() => middleOf(layer));
  const answer = useAnswer(lab, 'featureMaps', { settings, layer: layer.name, image });
  const maps = answer.shown;
  const bits = layer.quantized?.activation?.bits ?? settings.scheme?.activationBits ?? 32;
  const channel = maps && Math.min(wantedChannel ?? noisiest(maps), channelCount(maps) - 1);
  const place =
    channel === null ? null : layer.shape.length === 3 ? { ...pixel, channel } : { y: 0, x: 0, channel: pixel.x };
  return (
    <>
      <h3>{words.maps}</h3>
      <div className="fields">
        <ImagePicker state={state} image={image} onImage={onImage} />
        {maps && channel !== null && channelCount(maps) > 1 && (
          <label className="field">
            {words.mapChannel}
            <input
              type="range"
              min={0}
              max={channelCount(maps) - 1}
              value={channel}
              onChange={({ target }) => setChannel(target.valueAsNumber)}
              data-testid="map-channel"
            />
            <output>{channel}</output>
          </label>
        )}
        <PixelPickers layer={layer} pixel={pixel} onPixel={setPixel} />
      </div>
      <Waiting answer={answer} what={words.mapsOf} />
      {maps && channel !== null && (
        <MapsView maps={maps} bits={bits} channel={channel} pixel={pixel} onPixel={setPixel} />
      )}
      {place && layer.kind !== 'input' && (
        <PathOfNumber lab={lab} layer={layer} settings={settings} image={image} place={place} />
      )}
    </>
  );
}

/** What a click on the map picks, for the keyboard. */
function PixelPickers({
  layer: { shape },
  pixel,
  onPixel,
}: {
  readonly layer: LayerInfo;
  readonly pixel: Pixel;
  readonly onPixel: (pixel: Pixel) => void;
}) {
  const words = WORDS.layers;
  const [height, width] = shape.length === 3 ? shape : [1, shape[0]];
  const axes = [
    { name: words.row, size: height, value: pixel.y, choose: (y: number) => onPixel({ ...pixel, y }), id: 'pixel-y' },
    { name: words.column, size: width, value: pixel.x, choose: (x: number) => onPixel({ ...pixel, x }), id: 'pixel-x' },
  ];
  return axes.map(
    ({ name, size, value, choose, id }) =>
      size > 1 && (
        <label key={id} className="field">
          {name}
          <input
            type="range"
            min={0}
            max={size - 1}
            value={value}
            onChange={({ target }) => choose(target.valueAsNumber)}
            data-testid={id}
          />
          <output>{value}</output>
        </label>
      ),
  );
}

/** The classifier has no map: a score for each class. */
function Score({ state, lab, layer, settings, image, onImage }: InnerProps) {
  const [channel, setChannel] = useState(0);
  const classes = state.opened?.dataset.classes ?? [];
  return (
    <>
      <div className="fields">
        <ImagePicker state={state} image={image} onImage={onImage} />
        <label className="field">
          {WORDS.path.output}
          <select value={channel} onChange={({ target }) => setChannel(Number(target.value))} data-testid="class">
            {Array.from({ length: layer.shape[0] }, (_, c) => (
              <option key={c} value={c}>
                {classes[c] ?? c}
              </option>
            ))}
          </select>
        </label>
      </div>
      <PathOfNumber lab={lab} layer={layer} settings={settings} image={image} place={{ y: 0, x: 0, channel }} />
    </>
  );
}
