/** A few images of each class, and how many there are. */
import { useEffect, useRef, useState } from 'react';
import { WORDS } from '../words/words.ts';
import type { Datasets } from '../../lab/rpc/datasetsClient.ts';
import type { ContactSheet as Sheet, DatasetStatus } from '../../contract/calls/data.ts';

const words = WORDS.data;

const PER_CLASS = 8;
const SIDE = 64;

export function ContactSheet({ datasets, set }: { readonly datasets: Datasets; readonly set: DatasetStatus }) {
  const [sheet, setSheet] = useState<Sheet | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const { name } = set;

  useEffect(() => {
    let wanted = true;
    datasets.call('sheet', { name, perClass: PER_CLASS, side: SIDE }).then(
      (result) => wanted && setSheet(result),
      (error: unknown) => wanted && setFailure(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      wanted = false;
    };
  }, [datasets, name]);

  if (failure)
    return (
      <p className="notice" role="alert">
        {failure}
      </p>
    );
  return (
    <table className="sheet">
      <thead>
        <tr>
          <th scope="col">{words.className}</th>
          <th scope="col">{words.training}</th>
          <th scope="col">{words.test}</th>
          <th scope="col">{words.testImages}</th>
        </tr>
      </thead>
      <tbody>
        {set.classes.map((className, label) => (
          <tr key={className}>
            <th scope="row">{className}</th>
            <td>{set.counts.train[label].toLocaleString('en')}</td>
            <td>{set.counts.test[label].toLocaleString('en')}</td>
            <td>{sheet && <Strip sheet={sheet} label={label} className={className} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type StripProps = { readonly sheet: Sheet; readonly label: number; readonly className: string };

/** One class's images, side by side in one canvas. */
function Strip({ sheet, label, className }: StripProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { side, pixels, labels } = sheet;
  const images = [...labels.keys()].filter((image) => labels[image] === label);

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    images.forEach((image, place) => {
      const data = new ImageData(side, side);
      for (let pixel = 0; pixel < side * side; pixel++) {
        data.data.set(
          pixels.subarray((image * side * side + pixel) * 3, (image * side * side + pixel) * 3 + 3),
          pixel * 4,
        );
        data.data[pixel * 4 + 3] = 255;
      }
      context?.putImageData(data, place * side, 0);
    });
  });

  return (
    <canvas
      ref={canvas}
      width={images.length * side}
      height={side}
      role="img"
      aria-label={words.sheet(images.length, className)}
    />
  );
}
