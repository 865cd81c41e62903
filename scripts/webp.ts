/** Screenshots as small WebP files: Playwright writes none, the browser's own canvas does. */
import type { Page } from 'playwright';

const QUALITY = 0.7;

/** @param helper any open page @returns base64 */
export const toWebp = (helper: Page, png: Buffer): Promise<string> =>
  helper.evaluate(
    async ([data, quality]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.width, image.height];
      canvas.getContext('2d')?.drawImage(image, 0, 0);
      return canvas.toDataURL('image/webp', quality).split(',')[1];
    },
    [png.toString('base64'), QUALITY] as const,
  );
