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
  /** Images in a step of a watched training that this GPU has room for; null: no GPU computes. */
  readonly trainingBatch: number | null;
  /** What whoever measures the network must know: what its file does not say. */
  readonly said?: readonly string[];
  /** What its outputs were taken for, where nothing says in which order they are: to be confirmed before anything is measured. */
  readonly order?: string | null;
  /** The network's classes are not the images': its answers are compared with the float network's own. Absent: with the labels. */
  readonly against?: { readonly kind: 'float'; readonly why: string };
  /** Labels of all the test images; -1 where nothing is compared with them. */
  readonly labels: Int32Array;
};

/** Test images, as balanced as they can be, with the float network's answers: classes by their places. */
export type FirstAnswers = ImageStrip & { readonly answers: Int32Array };
