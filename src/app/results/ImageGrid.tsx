/** Test images with what the network says of each, at 32 bits and quantized. */
import { useState } from 'react';
import { count } from '../text/format.ts';
import { flips, type Flips } from '../text/flips.ts';
import { ImageTile, type Guess } from './ImageTile.tsx';
import type { State } from '../state/state.ts';
import { WORDS, type Words } from '../words/words.ts';
import type { RunResult } from '../../contract/run.ts';
import { nameOf } from '../text/names.ts';
import { float32Of, labelsOf, runOf, shownRun, truthOf, wordsOf } from '../state/selectors.ts';

const PAGE = 12;

export function ImageGrid({ state }: { readonly state: State }) {
  const [onlyFlipped, setOnlyFlipped] = useState(false);
  const [shown, setShown] = useState(PAGE);
  const { opened, images } = state;
  const words = wordsOf(state);
  if (!opened || !images) return null;
  const float32 = runOf(state, float32Of(state));
  const run = shownRun(state);
  const flipped = float32 && run && flips(float32.predictions, run.predictions, labelsOf(state));
  const indices = onlyFlipped && flipped ? flipped.images : Array.from({ length: images.count }, (_, i) => i);
  const guess = (result: RunResult | undefined, index: number): Guess | undefined =>
    result && { label: opened.dataset.classes[result.predictions[index]], confidence: result.confidences[index] };
  return (
    <section className="images" aria-labelledby="images">
      <h2 id="images">{describe(flipped, run, words.images)}</h2>
      {flipped && (
        <label className="filter">
          <input
            type="checkbox"
            checked={onlyFlipped}
            onChange={({ target }) => setOnlyFlipped(target.checked)}
            data-testid="only-flipped"
          />
          {WORDS.images.onlyFlipped}
        </label>
      )}
      <ul className="grid" data-testid="image-grid">
        {indices.slice(0, shown).map((index) => (
          <ImageTile
            key={index}
            index={index}
            strip={images}
            truth={truthOf(state, index)}
            words={words.images}
            float32={guess(float32, index)}
            quantized={guess(run, index)}
            quantizedName={run?.settings.scheme ? WORDS.images.quantized(run.settings.scheme.weightBits) : ''}
          />
        ))}
      </ul>
      {indices.length > shown && (
        <button type="button" onClick={() => setShown(shown + 2 * PAGE)}>
          {WORDS.images.more(count(indices.length))}
        </button>
      )}
    </section>
  );
}

function describe(flipped: Flips | undefined, run: RunResult | undefined, words: Words['images']): string {
  if (!flipped || !run) return words.title;
  const changed = flipped.images.length;
  if (changed === 0) return words.alike(nameOf(run.settings));
  return words.differ(
    nameOf(run.settings),
    count(changed),
    count(run.settings.images),
    count(flipped.lost),
    count(flipped.won),
  );
}
