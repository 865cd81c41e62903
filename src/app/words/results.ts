/** Words of the table of every measurement. */
export const results = {
  title: 'Every measurement',
  columns: [
    'Bits',
    'Preset',
    'Top-1',
    '95% interval',
    'Points',
    'Size',
    '.onnx file',
    'Time an image',
    'Top-1 in ONNX Runtime',
  ],
  interval: (low: string, high: string) => `${low} to ${high}`,
  none: '–',
};
