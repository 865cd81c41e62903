/** Yes and no of many things in a short text: bit i of the bytes, the lowest first, as base64. */

/** @param flags one for each thing, in their order */
export function packFlags(flags: readonly boolean[]): string {
  const bytes = new Uint8Array(Math.ceil(flags.length / 8));
  flags.forEach((flag, i) => {
    if (flag) bytes[i >> 3] |= 1 << (i & 7);
  });
  return btoa(String.fromCharCode(...bytes));
}

/**
 * How many of the first `count` flags are set.
 * @param packed what `packFlags` made
 * @throws RangeError when it holds fewer
 */
export function countFlags(packed: string, count: number): number {
  const bytes = atob(packed);
  if (count > 8 * bytes.length) throw new RangeError(`There are ${8 * bytes.length} flags at most, not ${count}.`);
  let set = 0;
  for (let i = 0; i < count; i++) set += (bytes.charCodeAt(i >> 3) >> (i & 7)) & 1;
  return set;
}
