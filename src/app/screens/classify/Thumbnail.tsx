/** A photo beside its answers: what the network sees, and until that is known the photo itself. */
import { useEffect, useMemo, useRef } from 'react';
import type { Photo } from '../../../contract/calls/race.ts';
import type { ImageStrip } from '../../../contract/calls/opened.ts';
import { Picture } from '../../results/ImageTile.tsx';
import type { PhotoRow } from './usePhotos.ts';

/** Pixels of a photo that nobody has read yet. */
const EARLY_SIDE = 96;

export function Thumbnail({ row: { photo, seen } }: { readonly row: Pick<PhotoRow, 'photo' | 'seen'> }) {
  const strip = useMemo<ImageStrip | null>(
    () => seen && { count: 1, height: seen.side, width: seen.side, pixels: seen.pixels, labels: new Int32Array(1) },
    [seen],
  );
  return strip ? <Picture strip={strip} index={0} alt={photo.name} /> : <Early photo={photo} />;
}

/** The middle square of a file, as the browser decodes it. */
function Early({ photo }: { readonly photo: Photo }) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (!('bytes' in photo)) return;
    let isGone = false;
    createImageBitmap(new Blob([new Uint8Array(photo.bytes)])).then(
      (bitmap) => {
        const side = Math.min(bitmap.width, bitmap.height);
        const [x, y] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
        const context = isGone ? null : ref.current?.getContext('2d');
        context?.drawImage(bitmap, x, y, side, side, 0, 0, EARLY_SIDE, EARLY_SIDE);
        bitmap.close();
      },
      // What is no photo is refused by the lab, with its reason.
      () => undefined,
    );
    return () => {
      isGone = true;
    };
  }, [photo]);
  return <canvas ref={ref} width={EARLY_SIDE} height={EARLY_SIDE} role="img" aria-label={photo.name} />;
}
