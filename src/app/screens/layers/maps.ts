/** Feature maps as pictures: one channel of three. */
import type { FeatureMaps } from '../../../contract/calls/inspect.ts';

/** One channel as [height, width] values; of a vector: all channels in a row. */
export type Plane = { readonly width: number; readonly height: number; readonly values: Float32Array };

export type Planes = { readonly float: Plane; readonly quantized: Plane; readonly difference: Plane };

/** The channels that can be chosen: of a vector there is one picture. */
export const channelCount = ({ shape }: FeatureMaps): number => (shape.length === 3 ? shape[2] : 1);

export function planesOf(maps: FeatureMaps, channel: number): Planes {
  const { shape } = maps;
  const [height, width, channels] = shape.length === 3 ? shape : [1, shape[0], 1];
  const plane = (at: (i: number) => number): Plane => ({
    width,
    height,
    values: Float32Array.from({ length: width * height }, (_, i) => at(i * channels + channel)),
  });
  return {
    float: plane((i) => maps.float[i]),
    quantized: plane((i) => maps.quantized[i]),
    difference: plane((i) => maps.quantized[i] - maps.float[i]),
  };
}

/** The noisiest channel that holds anything. */
export function noisiest({ sqnr }: FeatureMaps): number {
  let worst = -1;
  sqnr.forEach((dB, c) => {
    if (!Number.isNaN(dB) && (worst < 0 || dB < sqnr[worst])) worst = c;
  });
  return Math.max(worst, 0);
}

export function rangeOf({ values }: Plane): readonly [least: number, greatest: number] {
  let [least, greatest] = [Infinity, -Infinity];
  for (const x of values) {
    if (x < least) least = x;
    if (x > greatest) greatest = x;
  }
  return [least, greatest];
}

type Colour = readonly [red: number, green: number, blue: number];

/** Each plane's colours, from its low end to its high end: greys, blues, and for errors purple over white to orange. */
const RAMPS: { readonly [K in keyof Planes]: readonly Colour[] } = {
  float: [
    [20, 22, 26],
    [245, 245, 245],
  ],
  quantized: [
    [8, 20, 54],
    [120, 165, 255],
    [244, 248, 255],
  ],
  difference: [
    [96, 20, 120],
    [250, 250, 250],
    [190, 80, 0],
  ],
};

/** RGBA bytes, [height, width, 4]; values from `least` to `greatest` go along the plane's ramp. */
export function paint(
  kind: keyof Planes,
  { values }: Plane,
  least: number,
  greatest: number,
): Uint8ClampedArray<ArrayBuffer> {
  const ramp = RAMPS[kind];
  const span = greatest - least || 1;
  const bytes = new Uint8ClampedArray(values.length * 4);
  values.forEach((x, i) => {
    const at = Math.min(Math.max((x - least) / span, 0), 1) * (ramp.length - 1);
    const from = Math.min(Math.floor(at), ramp.length - 2);
    for (let c = 0; c < 3; c++) bytes[4 * i + c] = ramp[from][c] + (at - from) * (ramp[from + 1][c] - ramp[from][c]);
    bytes[4 * i + 3] = 255;
  });
  return bytes;
}
