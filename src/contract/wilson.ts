/** The interval that goes with a measured share, and whether two of them differ. */

type Interval = { readonly low: number; readonly high: number };

/** 97.5th percentile of the standard normal distribution: two-sided 95%. */
const Z95 = 1.959964;

/**
 * Wilson's 95% interval of a share measured on `total` independent trials (Wilson 1927, without continuity correction).
 * @param share in 0..1
 * @throws RangeError when the share or the total is out of range
 */
export function wilson95(share: number, total: number): Interval {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`A share lies in 0 .. 1, and ${share} does not.`);
  if (!(total > 0)) throw new RangeError(`A share needs one trial or more, not ${total}.`);
  const z2 = Z95 ** 2;
  const centre = share + z2 / (2 * total);
  const half = Z95 * Math.sqrt((share * (1 - share)) / total + z2 / (4 * total ** 2));
  const scale = 1 + z2 / total;
  return { low: Math.max(0, (centre - half) / scale), high: Math.min(1, (centre + half) / scale) };
}

/**
 * Whether images can tell two shares apart: their difference is beyond the 95% interval of a difference of two
 * independent shares (normal approximation).
 * @param a in 0..1, as `b`; each measured on `total` trials
 */
export const toldApart = (a: number, b: number, total: number): boolean =>
  Math.abs(a - b) > Z95 * Math.sqrt((a * (1 - a) + b * (1 - b)) / total);
