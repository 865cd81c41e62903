/** One channel of a feature map three times over: in float, quantized, and the difference. */
import { useEffect, useRef, type MouseEvent } from 'react';
import type { FeatureMaps } from '../../../contract/calls/inspect.ts';
import { bitsName } from '../../text/format.ts';
import { WORDS } from '../../words/words.ts';
import { decibels, real } from '../layer/numbers.ts';
import { paint, planesOf, rangeOf, type Plane, type Planes } from './maps.ts';

export type Pixel = { readonly x: number; readonly y: number };

type Props = {
  readonly maps: FeatureMaps;
  readonly bits: number;
  readonly channel: number;
  readonly pixel: Pixel;
  readonly onPixel: (pixel: Pixel) => void;
};

export function MapsView({ maps, bits, channel, pixel, onPixel }: Props) {
  const words = WORDS.layers;
  const planes = planesOf(maps, channel);
  const [floatLo, floatHi] = rangeOf(planes.float);
  const [quantLo, quantHi] = rangeOf(planes.quantized);
  const [errorLo, errorHi] = rangeOf(planes.difference);
  const most = Math.max(-errorLo, errorHi);
  const [least, greatest] = [Math.min(floatLo, quantLo), Math.max(floatHi, quantHi)];
  const sqnr = maps.shape.length === 3 ? maps.sqnr[channel] : overall(planes);
  const shown = { planes, pixel, onPixel };
  return (
    <>
      <p className="finding" data-testid="finding-maps" data-sqnr={sqnr}>
        {Number.isNaN(sqnr)
          ? words.silent(maps.layer, channel)
          : words.mapsFinding(maps.layer, channel, decibels(sqnr), bitsName(bits))}
      </p>
      <div className={maps.shape.length === 3 ? 'maps' : 'maps flat'}>
        <MapPicture
          {...shown}
          kind="float"
          name={words.float32}
          note={words.mapRange(real(floatLo), real(floatHi))}
          least={least}
          greatest={greatest}
        />
        <MapPicture
          {...shown}
          kind="quantized"
          name={words.quantized(bitsName(bits))}
          note={words.mapRange(real(quantLo), real(quantHi))}
          least={least}
          greatest={greatest}
        />
        <MapPicture
          {...shown}
          kind="difference"
          name={words.difference}
          note={words.mapError(real(most))}
          least={-most}
          greatest={most}
        />
      </div>
      <p className="note">{words.pixel}</p>
    </>
  );
}

function overall({ float, difference }: Planes): number {
  const power = (plane: Plane): number => plane.values.reduce((sum, x) => sum + x * x, 0);
  return 10 * Math.log10(power(float) / power(difference));
}

type PictureProps = {
  readonly planes: Planes;
  readonly kind: keyof Planes;
  readonly name: string;
  readonly note: string;
  readonly least: number;
  readonly greatest: number;
  readonly pixel: Pixel;
  readonly onPixel: (pixel: Pixel) => void;
};

const CLASS = { float: 'float32', quantized: 'quantized', difference: 'error' } as const;

function MapPicture({ planes, kind, name, note, least, greatest, pixel, onPixel }: PictureProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  const plane = planes[kind];
  const { width, height } = plane;
  useEffect(() => {
    ref.current
      ?.getContext('2d')
      ?.putImageData(new ImageData(paint(kind, plane, least, greatest), width, height), 0, 0);
  });
  function pick({ currentTarget, clientX, clientY }: MouseEvent<HTMLDivElement>): void {
    const bounds = currentTarget.getBoundingClientRect();
    onPixel({
      x: Math.min(width - 1, Math.floor(((clientX - bounds.left) / bounds.width) * width)),
      y: Math.min(height - 1, Math.floor(((clientY - bounds.top) / bounds.height) * height)),
    });
  }
  return (
    <figure className={CLASS[kind]}>
      <figcaption>
        <strong>{name}</strong> <span className="note">{note}</span>
      </figcaption>
      <div className="map" onClick={pick}>
        <canvas
          ref={ref}
          width={width}
          height={height}
          role="img"
          aria-label={`${name}, ${note}`}
          data-testid={`map-${kind}`}
        />
        <span
          className="cross"
          aria-hidden="true"
          style={{ left: `${(100 * (pixel.x + 0.5)) / width}%`, top: `${(100 * (pixel.y + 0.5)) / height}%` }}
        />
      </div>
    </figure>
  );
}
