/** One of the test images, with its picture where the page has it. */
import { count } from '../../text/format.ts';
import { Picture } from '../../results/ImageTile.tsx';
import type { State } from '../../state/state.ts';
import { truthOf, wordsOf } from '../../state/selectors.ts';

type Props = { readonly state: State; readonly image: number; readonly onImage: (image: number) => void };

export function ImagePicker({ state, image, onImage }: Props) {
  const { images: strip, link } = state;
  const words = wordsOf(state).layers;
  const name = words.imageIs(count(image + 1), truthOf(state, image));
  return (
    <>
      {strip && image < strip.count && (
        <div className="thumbnail">
          <Picture strip={strip} index={image} alt={name} />
        </div>
      )}
      <label className="field">
        {words.image}
        <input
          type="range"
          min={0}
          max={Math.max(0, link.images - 1)}
          value={image}
          onChange={({ target }) => onImage(target.valueAsNumber)}
          aria-valuetext={name}
          data-testid="map-image"
        />
        <output>{name}</output>
      </label>
    </>
  );
}
