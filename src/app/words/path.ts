/** Words of the path of a number: from a layer's input codes to one of its output codes. */
export const path = {
  title: 'The path of one number',
  where: (layer: string, channel: number, row: number, column: number) =>
    `${layer}, channel ${channel}, row ${row}, column ${column}: all in integers, as the exported model computes it.`,
  whereVector: (layer: string, channel: number) =>
    `${layer}, number ${channel}: all in integers, as the exported model computes it.`,
  asking: 'the path of this number',
  output: 'Class',
  steps: {
    sum: {
      name: 'Σ (qx − zx)(qw − zw)',
      note: (terms: string, outside: string) => `${terms} products${outside ? `, ${outside} of them padding` : ''}`,
    },
    accumulator: { name: '+ bias', note: (bias: string) => `bias = ${bias}, int32` },
    scaled: { name: '× m', note: (multiplier: string) => `m = ${multiplier} = sx · sw / sy` },
    scaledMean: {
      name: '× m',
      note: (multiplier: string) => `m = ${multiplier}: the scales, and one over the number of pixels`,
    },
    rounded: { name: 'round', note: 'to the nearest, ties to even' },
    shifted: { name: '+ z', note: (zeroPoint: string) => `z = ${zeroPoint}` },
    code: {
      name: 'clamp = q',
      note: (least: string, greatest: string, pattern: string) => `to ${least} … ${greatest}; stored as ${pattern}`,
    },
    real: { name: 's (q − z)', note: (scale: string) => `s = ${scale}: what the code stands for` },
    logit: { name: '× m', note: (multiplier: string) => `m = ${multiplier} = sx · sw: the class’s score` },
    addend: {
      name: (which: 'a' | 'b') => `s (q − z) of ${which}`,
      note: (input: string, code: string) => `q = ${code}, from ${input}`,
    },
    added: { name: 'a + b', note: 'in float32, as ONNX Runtime’s integer addition does' },
    level: { name: '/ s + z', note: (scale: string, zeroPoint: string) => `s = ${scale}, z = ${zeroPoint}` },
    greatest: { name: 'greatest q', note: (terms: string) => `of ${terms} codes in the window; the grid stays` },
    total: { name: 'Σ (q − z)', note: (terms: string) => `${terms} pixels of the channel` },
  },
  products: (shown: string, total: string) => `The ${shown} largest of ${total} products`,
  productsCsv: (total: string) => `All ${total} products as CSV`,
  columns: {
    row: 'Row',
    column: 'Column',
    channel: 'Channel',
    input: 'qx − zx',
    weight: 'qw − zw',
    product: 'Product',
  },
};
