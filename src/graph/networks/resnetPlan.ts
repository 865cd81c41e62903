/** A residual network in a few numbers, and what the field calls it. */
import type { Graph } from '../types.ts';

/** Where a bottleneck that halves the image puts its stride: the 3x3 (torchvision's v1.5) or the first 1x1 (v1). */
export type BottleneckStride = 'v1.5' | 'v1';

/** Blocks of one width, the first of which carries the stride. */
export type ResNetStage = {
  readonly depth: number;
  /** Channels between the convolutions of a block. */
  readonly width: number;
  /** Channels that a block gives: as many as its width in a basic block, four times (a wide one: twice) in a bottleneck. */
  readonly channels: number;
  readonly stride: number;
};

/** All that sets one residual network apart from another. */
export type ResNetPlan = {
  readonly inputShape: Graph['inputShape'];
  /** The first convolution, and whether a 3x3/2 max pool follows it. */
  readonly stem: {
    readonly kernel: number;
    readonly stride: number;
    readonly channels: number;
    readonly pool: boolean;
  };
  /** Two 3x3 convolutions; or 1x1, 3x3 and 1x1. */
  readonly block: 'basic' | 'bottleneck';
  readonly bottleneckStride: BottleneckStride;
  readonly stages: readonly ResNetStage[];
  readonly classes: number;
};

/** Networks that the names without a family are taken by: what ImageNet's are called is not given to others. */
const IMAGENET_LAYERS: ReadonlySet<number> = new Set([18, 34, 50, 101, 152]);

/**
 * As the field calls it: resnet18, resnet50 (`-v1`: stride in the first 1x1), wide_resnet50_2, and with the three stages
 * for CIFAR resnet20, resnet56. `cifar-resnet18` is ImageNet's body behind a stem for small images. Widths of its own
 * are told: `resnet20-w32`.
 */
export function resnetName(plan: ResNetPlan): string {
  const { stem, block, bottleneckStride, stages } = plan;
  const perBlock = block === 'basic' ? 2 : 3;
  const layers = 2 + perBlock * stages.reduce((sum, { depth }) => sum + depth, 0);
  const [first] = stages;
  const expansion = first.channels / first.width;
  const isWide = block === 'bottleneck' && expansion === 2;
  const base = block === 'bottleneck' ? first.channels / 4 : first.width;
  const small = stages.length === 3;
  const usual = base === (small ? 16 : 64) && stem.channels === base;
  const family = !stem.pool && (!small || IMAGENET_LAYERS.has(layers)) ? 'cifar-' : '';
  const name = isWide ? `wide_resnet${layers}_2` : `resnet${layers}`;
  const variant = block === 'bottleneck' && bottleneckStride === 'v1' ? '-v1' : '';
  return `${family}${name}${usual ? '' : `-w${first.width}`}${variant}`;
}
