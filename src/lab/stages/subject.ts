/** What is measured: a network and images. */
import type { Dataset } from '../../data/types.ts';
import type { FloatModel } from '../../graph/types.ts';

/** A model and a dataset that fit each other; the model's batch norms are folded. */
export type Subject = {
  readonly model: FloatModel;
  readonly dataset: Dataset;
  /** What whoever measures it must know: what its file does not say. */
  readonly said: readonly string[];
  /** What its outputs were taken for, where nothing says in which order they are; null: it is known. */
  readonly order: string | null;
};
