/** Which layer, and which of its output channels. */
import type { ReactNode } from 'react';
import type { LayerInfo } from '../../../contract/calls/inspect.ts';
import { count } from '../../text/format.ts';
import { WORDS } from '../../words/words.ts';

type LayerProps = {
  readonly layers: readonly LayerInfo[];
  readonly chosen: string;
  readonly onChoose: (layer: string) => void;
};

export function LayerPicker({ layers, chosen, onChoose }: LayerProps) {
  const words = WORDS.layer;
  return (
    <label className="field">
      {words.layer}
      <select value={chosen} onChange={({ target }) => onChoose(target.value)} data-testid="layer">
        {layers.map(({ name, kernelShape, shape }) => (
          <option key={name} value={name}>
            {kernelShape
              ? words.weighted(name, count(kernelShape.reduce((n, side) => n * side, 1)))
              : words.tensor(name, shape.join('×'))}
          </option>
        ))}
      </select>
    </label>
  );
}

type LayerAndChannelProps = Omit<LayerProps, 'chosen'> & {
  readonly layer: LayerInfo;
  /** null: all channels. */
  readonly channel: number | null;
  /** null: the channel cannot be chosen. */
  readonly onChannel: ((channel: number | null) => void) | null;
  /** More choices, beside these. */
  readonly children?: ReactNode;
};

/** Chooses the layer whose weights are looked at, and one of its channels or all. */
export function LayerAndChannelPicker({ layers, layer, onChoose, channel, onChannel, children }: LayerAndChannelProps) {
  return (
    <div className="fields">
      <LayerPicker layers={layers} chosen={layer.name} onChoose={onChoose} />
      {onChannel && (
        <ChannelPicker channels={layer.shape[layer.shape.length - 1]} chosen={channel} onChoose={onChannel} />
      )}
      {children}
    </div>
  );
}

type ChannelProps = {
  readonly channels: number;
  /** null: all of them. */
  readonly chosen: number | null;
  readonly onChoose: (channel: number | null) => void;
};

function ChannelPicker({ channels, chosen, onChoose }: ChannelProps) {
  const words = WORDS.layer;
  return (
    <label className="field">
      {words.channel}
      <select
        value={chosen ?? ''}
        onChange={({ target }) => onChoose(target.value === '' ? null : Number(target.value))}
        data-testid="channel"
      >
        <option value="">{words.allChannels(count(channels))}</option>
        {Array.from({ length: channels }, (_, c) => (
          <option key={c} value={c}>
            {words.oneChannel(c)}
          </option>
        ))}
      </select>
    </label>
  );
}
