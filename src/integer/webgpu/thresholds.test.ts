/** A code that is looked for among thresholds is the one that is computed. */
import { expect, test } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import { windowAverage } from '../reference/pool.ts';
import { averageThresholds } from './thresholds.ts';

const MOST = 9;

/** As the shader looks for it. */
function lookedFor(thresholds: Float32Array, sum: number): number {
  let [low, high] = [0, thresholds.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (sum >= thresholds[middle]) low = middle + 1;
    else high = middle;
  }
  return low;
}

test('200 sums of each count of pixels on 40 grids, and each threshold and the number below it', () => {
  const random = seededRandom(5);
  for (let grid = 0; grid < 40; grid++) {
    const qmax = [255, 15, 3, 200][grid % 4];
    const output = {
      scale: Math.fround(10 ** (6 * random() - 4)),
      zeroPoint: Math.floor(random() * (qmax + 1)),
      qmin: 0,
      qmax,
      bits: 8,
    } as const;
    const thresholds = averageThresholds(MOST, output);
    for (let pixels = 1; pixels <= MOST; pixels++) {
      const row = thresholds.subarray((pixels - 1) * qmax, pixels * qmax);
      const span = output.scale * qmax * pixels;
      const sums = Float32Array.from({ length: 200 }, () => (3 * random() - 1.5) * span);
      const edges = Array.from(row).flatMap((edge) => [edge, Math.fround(edge - Math.abs(edge) * 2 ** -24)]);
      const wrong = [...sums, ...edges].filter((sum) => lookedFor(row, sum) !== windowAverage(sum, pixels, output));
      expect(wrong, `grid ${grid}, ${pixels} pixels`).toEqual([]);
    }
  }
});
