/** A step's record in memory, field by field: the other side of assembly/step.ts. */

export const STEP_BYTES = 160;

export const STEP_KINDS = {
  quantize: 0,
  pixels: 1,
  conv: 2,
  add: 3,
  maxPool: 4,
  average: 5,
  round: 6,
  depthwise: 7,
  averagePool: 8,
} as const;

/** The number of a field's 32-bit word. Kinds of step share words, as in assembly/step.ts. */
const WORDS = {
  kind: 0,
  isFloat: 1,
  zeroPoint: 2,
  qmax: 3,
  frame: 5,
  frameRows: 6,
  frameRowBytes: 7,
  frameTopBytes: 8,
  frameSideBytes: 9,
  frameValue: 10,
  kernel: 11,
  source: 12,
  image: 13,
  offsets: 14,
  pixelCount: 15,
  band: 16,
  blockPixels: 17,
  imageRow: 18,
  taps: 19,
  run: 20,
  weights: 21,
  bias: 22,
  multiplier: 23,
  out: 24,
  blocks: 25,
  depth: 26,
  coefficients: 28,
  isLogits: 29,
  byBlocks: 30,
  outChannels: 31,
  a: 12,
  b: 13,
  aRow: 14,
  bRow: 15,
  outRow: 16,
  height: 17,
  width: 18,
  channels: 19,
  zeroA: 23,
  zeroB: 25,
  imageChannels: 27,
  kernelHeight: 20,
  kernelWidth: 21,
  stride: 22,
  padding: 23,
  outHeight: 25,
  outWidth: 26,
  rowStep: 13,
  pixelStep: 14,
  outPixel: 15,
  rows: 17,
  columns: 27,
  pixelBytes: 37,
  zeroIn: 35,
  paddingLeft: 36,
} as const;

/** Words that hold a float32. */
const REALS = { low: 4, high: 32, scaleIn: 33, scaleOut: 34, scaleA: 20, scaleB: 21, scale: 22, factor: 26 } as const;

export type StepRecord = Partial<Record<keyof typeof WORDS | keyof typeof REALS, number>>;

/** Writes a record at byte `at`; fields that are not given are 0. */
export function writeRecord(memory: WebAssembly.Memory, at: number, record: StepRecord): void {
  const view = new DataView(memory.buffer, at, STEP_BYTES);
  for (let i = 0; i < STEP_BYTES; i += 4) view.setUint32(i, 0, true);
  for (const [field, value] of Object.entries(record)) {
    if (field in REALS) view.setFloat32(REALS[field as keyof typeof REALS] * 4, value, true);
    else view.setUint32(WORDS[field as keyof typeof WORDS] * 4, value, true);
  }
}
