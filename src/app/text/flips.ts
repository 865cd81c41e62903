/** Where two sets of predictions part. */

export type Flips = {
  /** Images, by index, on which the two predictions differ. */
  readonly images: readonly number[];
  /** Right before, wrong now. */
  readonly lost: number;
  /** Wrong before, right now. */
  readonly won: number;
};

/** Compares predictions of the same images, one class index each; `labels` may be longer than both. */
export function flips(before: Int32Array, now: Int32Array, labels: Int32Array): Flips {
  const images: number[] = [];
  let lost = 0;
  let won = 0;
  for (let i = 0; i < Math.min(before.length, now.length); i++) {
    if (before[i] === now[i]) continue;
    images.push(i);
    if (before[i] === labels[i]) lost++;
    if (now[i] === labels[i]) won++;
  }
  return { images, lost, won };
}
