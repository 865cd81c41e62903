/** What the page and the lab's worker say to each other. Types only. */
import type { GridCalls } from './grid.ts';
import type { InspectCalls } from './inspect.ts';
import type { FileForm, RuntimeCalls } from './race.ts';
import type { TrainingCalls } from './training.ts';
import type { BackendName } from '../device.ts';
import type { Progress } from '../progress.ts';
import type { RunSettings, RunResult, PreviewResult, ScoreResult } from '../run.ts';
import type { FirstAnswers, ImageStrip, Opened } from './opened.ts';

/** Every call the worker answers: its arguments and its result. */
export type Calls = InspectCalls & {
  /** Opens the lab on a model and a dataset, by default those that are bundled; again on others. */
  open: {
    args: { readonly backend: BackendName | 'auto' } & Partial<Pick<RunSettings, 'model' | 'dataset' | 'side'>>;
    result: Opened;
  };
  images: { args: { readonly first: number; readonly count: number }; result: ImageStrip };
  /** The float network's answers to the first test images, for a person to judge whether its classes are in order. */
  firstAnswers: { args: { readonly count: number }; result: FirstAnswers; progress: Progress };
  evaluate: { args: RunSettings; result: RunResult; progress: Progress };
  preview: { args: RunSettings; result: PreviewResult; progress: Progress };
  score: { args: RunSettings; result: ScoreResult; progress: Progress };
  /** Settings of the quantized .onnx file that was brought, beside this model and these images. */
  quantizedFile: {
    args: Pick<RunSettings, 'model' | 'dataset' | 'side' | 'images' | 'seed' | 'against'>;
    result: { readonly settings: RunSettings; readonly bytes: number };
  };
  /** `form`: packed integers by default, or float32 without a scheme. */
  exportOnnx: {
    args: RunSettings & { readonly form?: FileForm };
    result: { readonly fileName: string; readonly bytes: Uint8Array };
    progress: Progress;
  };
  /** A zip that TensorFlow.js opens: the network's rounded weights, and activations in float32. */
  exportTfjs: {
    args: RunSettings;
    result: { readonly fileName: string; readonly bytes: Uint8Array };
    progress: Progress;
  };
} & TrainingCalls &
  RuntimeCalls &
  GridCalls;

export type CallKind = keyof Calls;
