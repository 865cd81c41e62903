// A step of a network as data: a record of 32-bit words in the memory itself, so that every thread reads the same one.
// program.ts on the TypeScript side writes it; the two lists are one.

/** Bytes of a record. */
export const STEP_BYTES: usize = 160;

/** What a step does. */
export const QUANTIZE = 0, PIXELS = 1, CONV = 2, ADD = 3, MAX_POOL = 4, AVERAGE = 5, ROUND = 6, DEPTHWISE = 7, AVERAGE_POOL = 8;

/** How a convolution computes. */
export const INT16 = 0, INT8 = 1, INT8_SUM16 = 2, LOOK_UP = 3, FLOAT32 = 4;

// Of every step.
export const KIND = 0, IS_FLOAT = 1, ZERO_POINT = 2, QMAX = 3, LOW = 4;
// The frame around the tensor that is written: what the next layer's window meets outside the image.
export const FRAME = 5, FRAME_ROWS = 6, FRAME_ROW_BYTES = 7, FRAME_TOP_BYTES = 8, FRAME_SIDE_BYTES = 9, FRAME_VALUE = 10;
// Of a convolution.
export const KERNEL = 11, SOURCE = 12, IMAGE = 13, OFFSETS = 14, PIXEL_COUNT = 15, BAND = 16, BLOCK_PIXELS = 17;
export const IMAGE_ROW = 18, TAPS = 19, RUN = 20, WEIGHTS = 21, BIAS = 22, MULTIPLIER = 23, OUT = 24, BLOCKS = 25;
export const DEPTH = 26, COEFFICIENTS = 28, IS_LOGITS = 29, BY_BLOCKS = 30, OUT_CHANNELS = 31;
// Of the others.
export const A = 12, B = 13, A_ROW = 14, B_ROW = 15, OUT_ROW = 16, HEIGHT = 17, WIDTH = 18, CHANNELS = 19;
export const SCALE_A = 20, SCALE_B = 21, SCALE = 22, ZERO_A = 23, ZERO_B = 25, FACTOR = 26, IMAGE_CHANNELS = 27;
// Of a depthwise convolution: how far its window moves by a row and by a column, and what of a convolution's it has.
export const ROW_STEP = 13, PIXEL_STEP = 14, OUT_PIXEL = 15, ROWS = 17, COLUMNS = 27, PIXEL_BYTES = 37;
export const HIGH = 32, SCALE_IN = 33, SCALE_OUT = 34, ZERO_IN = 35, PADDING_LEFT = 36;
export const KERNEL_HEIGHT = 20, KERNEL_WIDTH = 21, STRIDE = 22, PADDING = 23, OUT_HEIGHT = 25, OUT_WIDTH = 26;

@inline
export function word(step: usize, field: i32): u32 {
  return load<u32>(step + (<usize>field << 2));
}

@inline
export function real(step: usize, field: i32): f32 {
  return load<f32>(step + (<usize>field << 2));
}
