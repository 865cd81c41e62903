/** One test photo beside the slider: its shades, and what the network says of it, at 32 bits and at the slider's. */
import { useEffect, useRef, useState } from 'react';
import type { ImageStrip } from '../../../contract/calls/opened.ts';
import type { RunSettings } from '../../../contract/run.ts';
import { PREVIEW_IMAGES } from '../../../contract/settings.ts';
import type { Bits } from '../../../quant/types.ts';
import { Term } from '../../glossary/Explained.tsx';
import { concealed } from '../../state/guess.ts';
import { float32Of, previewOf, runOf, settingsOf, truthOf, wordsOf } from '../../state/selectors.ts';
import type { State } from '../../state/state.ts';
import { bitsName, count, percentShort } from '../../text/format.ts';
import { WORDS, type Words } from '../../words/words.ts';
import { roundedPixels } from './shades.ts';

type Answer = { readonly label: string; readonly confidence: number };

export function Look({ state }: { readonly state: State }) {
  const [turn, setTurn] = useState(0);
  const { opened, images, choice } = state;
  const all = wordsOf(state);
  const words = all.look;
  const index = images ? turn % Math.min(images.count, PREVIEW_IMAGES) : 0;
  const truth = opened && images ? truthOf(state, index) : '';
  const bits = bitsName(choice.bits);
  const hidden = concealed(state, choice.bits);
  return (
    <section className="look" aria-labelledby="look" data-testid="look">
      <p className="look-title">
        <strong id="look">{words.title}</strong>
        <button
          type="button"
          className="small"
          aria-label={words.anotherLong}
          disabled={!images}
          onClick={() => setTurn(turn + 1)}
        >
          {words.another}
        </button>
      </p>
      <div className="pair">
        <Side
          strip={images}
          index={index}
          bits={8}
          alt={words.picture(truth)}
          className="float32"
          who={words.float32}
          answer={answerOf(state, float32Of(state), index)}
          truth={truth}
          marks={all.images}
          otherwise={words.waiting}
        />
        <Side
          strip={images}
          index={index}
          bits={choice.bits}
          alt={words.rounded(truth, bits, count(2 ** choice.bits))}
          className="quantized"
          who={words.who(bits)}
          answer={hidden ? undefined : answerOf(state, settingsOf(state, choice), index)}
          truth={truth}
          marks={all.images}
          otherwise={hidden ? words.guessFirst : words.waiting}
        />
      </div>
      <p>
        <Term>{words.word}</Term>: {words.bit(bits, count(2 ** choice.bits))}
      </p>
    </section>
  );
}

/** What a network says of one image: from its whole run, or from a preview. */
function answerOf(state: State, settings: RunSettings, index: number): Answer | undefined {
  const few = { ...settings, images: Math.min(PREVIEW_IMAGES, settings.images) };
  const run = runOf(state, settings) ?? previewOf(state, few);
  const label = run && state.opened?.dataset.classes[run.predictions[index]];
  return label === undefined ? undefined : { label, confidence: run?.confidences[index] ?? 0 };
}

type SideProps = {
  readonly strip: ImageStrip | null;
  readonly index: number;
  readonly bits: Bits;
  readonly alt: string;
  readonly className: string;
  readonly who: string;
  readonly answer: Answer | undefined;
  readonly truth: string;
  readonly marks: Words['images'];
  /** In the answer's place while there is none. */
  readonly otherwise: string;
};

function Side({ strip, index, bits, alt, className, who, answer, truth, marks, otherwise }: SideProps) {
  return (
    <div className="side">
      {strip ? <Rounded strip={strip} index={index} bits={bits} alt={alt} /> : <div className="blank" />}
      <p className={className}>
        <strong>{who}</strong>
        <br />
        {answer ? <Said answer={answer} truth={truth} marks={marks} /> : otherwise}
        <br />
        <small>{WORDS.look.shades(count(2 ** bits))}</small>
      </p>
    </div>
  );
}

type SaidProps = Pick<SideProps, 'truth' | 'marks'> & { readonly answer: Answer };

function Said({ answer: { label, confidence }, truth, marks }: SaidProps) {
  const right = label === truth;
  return (
    <span data-testid="said">
      <span role="img" aria-label={right ? marks.right : marks.wrong}>
        {right ? '✓' : '✗'}
      </span>{' '}
      {label} {percentShort(confidence)}
    </span>
  );
}

type RoundedProps = Pick<SideProps, 'index' | 'bits' | 'alt'> & { readonly strip: ImageStrip };

/** The photo with 2^bits shades of each colour, and these shades in a row under it. */
function Rounded({ strip, index, bits, alt }: RoundedProps) {
  const photo = useRef<HTMLCanvasElement>(null);
  const row = useRef<HTMLCanvasElement>(null);
  const { width, height, pixels } = strip;
  const shades = 2 ** bits;
  useEffect(() => {
    const image = new ImageData(width, height);
    image.data.set(roundedPixels(pixels, width * height, index, bits));
    photo.current?.getContext('2d')?.putImageData(image, 0, 0);
  }, [pixels, width, height, index, bits]);
  useEffect(() => {
    const image = new ImageData(shades, 1);
    image.data.set(Array.from({ length: 4 * shades }, (_, i) => (i % 4 === 3 ? 255 : (255 * (i >> 2)) / (shades - 1))));
    row.current?.getContext('2d')?.putImageData(image, 0, 0);
  }, [shades]);
  return (
    <div>
      <canvas
        ref={photo}
        className="photo"
        width={width}
        height={height}
        role="img"
        aria-label={alt}
        data-bits={bits}
      />
      <canvas ref={row} className="shades" width={shades} height={1} aria-hidden="true" />
    </div>
  );
}
