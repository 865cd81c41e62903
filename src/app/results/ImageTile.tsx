/** One test image, its true class, and two guesses side by side. */
import { memo, useEffect, useRef } from 'react';
import { percentShort } from '../text/format.ts';
import type { Words } from '../words/words.ts';
import type { ImageStrip } from '../../contract/calls/opened.ts';

export type Guess = { readonly label: string; readonly confidence: number };

type Props = {
  readonly index: number;
  readonly strip: ImageStrip;
  readonly truth: string;
  readonly float32: Guess | undefined;
  readonly quantized: Guess | undefined;
  readonly quantizedName: string;
  readonly words: Words['images'];
};

export function ImageTile({ index, strip, truth, float32, quantized, quantizedName, words }: Props) {
  const differ = float32 && quantized && float32.label !== quantized.label;
  return (
    <li className={differ ? 'tile differs' : 'tile'}>
      <Picture strip={strip} index={index} alt={words.picture(index + 1, truth)} />
      <div>
        <p className="truth">
          {truth}
          {differ && <strong className="badge">{words.differs}</strong>}
        </p>
        <GuessLine className="float32" name={words.float32} guess={float32} truth={truth} words={words} />
        {quantizedName && (
          <GuessLine className="quantized" name={quantizedName} guess={quantized} truth={truth} words={words} />
        )}
      </div>
    </li>
  );
}

type LineProps = {
  readonly className: string;
  readonly name: string;
  readonly guess: Guess | undefined;
  readonly truth: string;
  readonly words: Words['images'];
};

function GuessLine({ className, name, guess, truth, words }: LineProps) {
  const right = guess?.label === truth;
  return (
    <p className={`guess ${className}`}>
      <span className="who">{name}</span>
      {guess ? (
        <>
          <span className="mark" role="img" aria-label={right ? words.right : words.wrong}>
            {right ? '✓' : '✗'}
          </span>
          <span className="label">{guess.label}</span>
          <span className="confidence">{percentShort(guess.confidence)}</span>
        </>
      ) : (
        '…'
      )}
    </p>
  );
}

type PictureProps = { readonly strip: ImageStrip; readonly index: number; readonly alt: string };

export const Picture = memo(function Picture({ strip, index, alt }: PictureProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    ref.current?.getContext('2d')?.putImageData(imageData(strip, index), 0, 0);
  }, [strip, index]);
  return <canvas ref={ref} width={strip.width} height={strip.height} role="img" aria-label={alt} />;
});

/** RGB bytes of one image of the strip, made opaque RGBA. */
function imageData({ width, height, pixels }: ImageStrip, index: number): ImageData {
  const data = new ImageData(width, height);
  const first = index * width * height * 3;
  for (let i = 0; i < width * height; i++) {
    data.data.set(pixels.subarray(first + 3 * i, first + 3 * i + 3), 4 * i);
    data.data[4 * i + 3] = 255;
  }
  return data;
}
