/** Which layer, and which of its output channels. */
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

type ChannelProps = {
  readonly channels: number;
  /** null: all of them. */
  readonly chosen: number | null;
  readonly onChoose: (channel: number | null) => void;
};

export function ChannelPicker({ channels, chosen, onChoose }: ChannelProps) {
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
