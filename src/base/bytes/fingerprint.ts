/** A few characters that tell one content from another, to know it again: no protection against whoever forges one. */

/** FNV-1a, by words of 32 bits where the length allows it. */
export function fingerprint(arrays: Iterable<ArrayBufferView>): string {
  let hash = 0x811c9dc5;
  const mix = (value: number): void => void (hash = Math.imul(hash ^ value, 0x01000193));
  for (const { buffer, byteOffset, byteLength } of arrays) {
    mix(byteLength);
    const aligned = byteOffset % 4 === 0 ? byteLength & ~3 : 0;
    const words = new Uint32Array(buffer, aligned ? byteOffset : 0, aligned / 4);
    // A product keeps what is above a bit out of it: the upper half is folded down.
    for (const word of words) mix(word ^ (word >>> 16));
    for (const byte of new Uint8Array(buffer, byteOffset + aligned, byteLength - aligned)) mix(byte);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
