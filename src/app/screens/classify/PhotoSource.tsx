/** Where photos come from: dropped or chosen files, the test set, the webcam. */
import { useState } from 'react';
import type { Photo } from '../../../contract/calls/race.ts';
import { ChoosePhotos } from '../../photos/ChoosePhotos.tsx';
import { useDropTarget } from '../../photos/useDropTarget.ts';
import { WORDS } from '../../words/words.ts';
import { readPhotos } from './usePhotos.ts';
import { Webcam } from './Webcam.tsx';

/** Test images taken at once: a spread over the set, a different one each time. */
const TAKEN = 6;

type Props = {
  readonly testImages: number;
  readonly count: number;
  readonly onAdd: (photos: readonly Photo[]) => void;
  readonly onClear: () => void;
};

export function PhotoSource({ testImages, count, onAdd, onClear }: Props) {
  const words = WORDS.classify;
  const [taken, setTaken] = useState(0);

  const add = async (files: readonly File[]): Promise<void> => onAdd(await readPhotos(files));

  const { over, target } = useDropTarget((event) => {
    event.preventDefault();
    void add([...event.dataTransfer.files]);
  });

  const takeTestImages = (): void => {
    const step = Math.max(1, Math.floor(testImages / TAKEN));
    onAdd(
      Array.from({ length: Math.min(TAKEN, testImages) }, (_, i) => {
        const testImage = (taken + i * step) % testImages;
        return { name: words.bundledName(testImage), testImage };
      }),
    );
    setTaken(taken + 1);
  };

  return (
    <section
      className={over ? 'photo-source over' : 'photo-source'}
      aria-label={words.photos}
      {...target}
      data-testid="photo-drop"
    >
      <p className="drop-here">{words.drop}</p>
      <div className="buttons">
        <ChoosePhotos label={words.choose} accept="image/*" testId="photo-files" onFiles={(files) => void add(files)} />
        <button type="button" onClick={takeTestImages} disabled={testImages === 0} data-testid="take-test-images">
          {words.bundled(TAKEN)}
        </button>
        <Webcam onTake={(photo) => onAdd([photo])} />
        {count > 0 && (
          <button type="button" className="quiet" onClick={onClear}>
            {words.clear}
          </button>
        )}
      </div>
    </section>
  );
}
