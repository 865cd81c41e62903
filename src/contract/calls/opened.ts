/** The lab once it is open: its device, model, images. */
import type { Device } from '../device.ts';

/** Test images for display: RGB bytes, [count, height, width, 3]. */
export type ImageStrip = {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array;
  readonly labels: Int32Array;
};

export type Opened = {
  readonly device: Device;
  readonly model: {
    readonly name: string;
    readonly parameters: number;
    readonly macs: number;
    /** The convolutions and dense layers, in the graph's order. */
    readonly weightedLayers: readonly string[];
  };
  readonly dataset: {
    readonly name: string;
    readonly trainImages: number;
    readonly testImages: number;
    readonly classes: readonly string[];
    /** Its training images are photos that are read batch by batch. */
    readonly streamed: boolean;
  };
  /** Labels of all the test images. */
  readonly labels: Int32Array;
};
