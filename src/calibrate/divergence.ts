/** How far one network's answers are from another's. */

/** KL(softmax(reference) || softmax(found)) in nats, averaged over rows. */
export function meanDivergence(reference: Float32Array, found: Float32Array, classes: number): number {
  const rows = reference.length / classes;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const p = logSoftmax(reference.subarray(row * classes, (row + 1) * classes));
    const q = logSoftmax(found.subarray(row * classes, (row + 1) * classes));
    for (let k = 0; k < classes; k++) sum += Math.exp(p[k]) * (p[k] - q[k]);
  }
  return sum / rows;
}

function logSoftmax(logits: Float32Array): Float64Array {
  const top = Math.max(...logits);
  const total = logits.reduce((sum, x) => sum + Math.exp(x - top), 0);
  return Float64Array.from(logits, (x) => x - top - Math.log(total));
}
