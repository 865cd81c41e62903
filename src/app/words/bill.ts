/** Words of the bill: what each bitwidth costs and saves. */
export const bill = {
  accuracyTitle: 'Top-1 accuracy with 95% interval, by bits',
  accuracyOf: (preset: string) => `Top-1 accuracy, ${preset} preset`,
  sizeTitle: 'Size in kB, by bits',
  sizeOf: (preset: string) => `Size, ${preset} preset`,
  sizeFinding: (bits: string, kilobytes: string, times: string) => `At ${bits} the weights take ${kilobytes}, ${times} less than at 32 bits.`,
  timeTitle: 'Milliseconds for an image, 5th to 95th percentile, by bits',
  timeOf: (preset: string) => `Milliseconds for an image, ${preset} preset`,
  timeFinding: (bits: string, milliseconds: string, times: string) => `At ${bits} an image takes ${milliseconds}, ${times} as fast as 32 bits.`,
  float32: '32-bit float',
  notMeasured: 'Not measured yet.',
  costs: 'What each bitwidth costs',
  columns: { bits: 'Bits', preset: 'Preset', value: 'Value', low: 'Low', high: 'High' },
};
