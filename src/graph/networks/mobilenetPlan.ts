/** A MobileNetV2 in a few numbers, and what the field calls it. */

/** An inverted residual: a 1x1 convolution that widens, a depthwise one, a 1x1 convolution that narrows. */
export type MobileNetBlock = {
  /** Channels of its depthwise convolution; null: it does not widen, and they are those that it reads. */
  readonly expanded: number | null;
  /** Channels that it gives. */
  readonly channels: number;
  readonly stride: number;
};

/** Channels and strides: all that sets one MobileNetV2 apart from another. */
export type MobileNetPlan = {
  /** Channels of the first convolution, which halves the image. */
  readonly stem: number;
  readonly blocks: readonly MobileNetBlock[];
  /** Channels that are averaged and classified. */
  readonly last: number;
};

/** Table 2 of the paper: expansion, channels, blocks, stride of the first of them. */
export const MOBILENET_STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** To a multiple of 8, and no more than a tenth below what was asked for. */
function rounded(channels: number): number {
  const near = Math.max(8, Math.floor(channels / 8 + 0.5) * 8);
  return near < 0.9 * channels ? near + 8 : near;
}

/** The paper's network with every layer's channels multiplied by `width`, those of the last only where it is above 1. */
export function mobilenetPlan(width: number): MobileNetPlan {
  const stem = rounded(32 * width);
  let from = stem;
  const blocks = MOBILENET_STAGES.flatMap(([expansion, channels, depth, stride]) =>
    Array.from({ length: depth }, (_, at): MobileNetBlock => {
      const expanded = expansion === 1 ? null : from * expansion;
      from = rounded(channels * width);
      return { expanded, channels: from, stride: at === 0 ? stride : 1 };
    }),
  );
  return { stem, blocks, last: width > 1 ? rounded(1280 * width) : 1280 };
}

/** Widths that are published, the most common first: two may round to the same channels. */
const WIDTHS = [1, 0.35, 0.5, 0.75, 1.4, 1.3, 0.25, 0.1, 1.1, 1.2] as const;

export const nameOfWidth = (width: number): string => (width === 1 ? 'mobilenet_v2' : `mobilenet_v2-${width}`);

/** mobilenet_v2 of width 1, mobilenet_v2-0.35; of channels that no published width has, `mobilenet_v2-w352` by its last block's. */
export function mobilenetName(plan: MobileNetPlan): string {
  const wanted = JSON.stringify(plan);
  const width = WIDTHS.find((each) => JSON.stringify(mobilenetPlan(each)) === wanted);
  return width === undefined ? `mobilenet_v2-w${plan.blocks.at(-1)?.channels ?? plan.stem}` : nameOfWidth(width);
}
