/** What answers are compared with: the images' labels, or the float network's own answers where it does not know their classes. */
import { meanDivergence } from '../../calibrate/divergence.ts';
import type { Predicted } from '../../data/predict.ts';
import type { Dataset, ImageSet } from '../../data/types.ts';
import type { FloatModel } from '../../graph/types.ts';
import { float32Settings } from '../../contract/settings.ts';
import type { Control } from '../../contract/progress.ts';
import type { RunSettings } from '../../contract/run.ts';
import type { Answers } from './answers.ts';
import type { Made, OpenNetwork } from '../engines/types.ts';
import { atSizeOf } from '../heads/fitModel.ts';
import type { Subject } from './subject.ts';

/** No image has this label: nobody knows which it should be. */
const NO_LABEL = -1;

/** A network beside images whose classes it does not know: its classes are its own, and no label counts. */
export function unlabelled(model: FloatModel, data: Dataset): Pick<Subject, 'model' | 'dataset'> {
  const { test } = data;
  const labels = new Int32Array(test.count).fill(NO_LABEL);
  return { model: atSizeOf(model, data), dataset: { ...data, test: { ...test, labels, classes: model.classes } } };
}

export type References = {
  /** The test images with what their answers are compared with for labels: known of the first `settings.images`. */
  readonly testSet: (settings: RunSettings, control: Control) => Promise<ImageSet>;
  /** Mean KL divergence from the float network's answers, in nats; undefined where labels are what counts. */
  readonly divergence: (settings: RunSettings, logits: Float32Array, control: Control) => Promise<number | undefined>;
};

/** @param answers keeps those of the float network: it runs once for all settings */
export function createReferences(
  subject: (settings: RunSettings) => Promise<Subject>,
  open: (made: Made) => Promise<OpenNetwork>,
  answers: Answers,
): References {
  async function floatAnswers(settings: RunSettings, control: Control): Promise<Predicted> {
    const { model, dataset } = await subject(settings);
    const made = { model, quantized: null };
    const network = await open(made);
    try {
      return await answers.of({ ...made, settings: float32Settings(settings), network, test: dataset.test }, control);
    } finally {
      await network.close();
    }
  }

  return {
    async testSet(settings, control) {
      const { test } = (await subject(settings)).dataset;
      if (settings.against === undefined) return test;
      const labels = test.labels.slice();
      labels.set((await floatAnswers(settings, control)).classes);
      return { ...test, labels };
    },
    async divergence(settings, logits, control) {
      if (settings.against === undefined) return undefined;
      const reference = (await floatAnswers(settings, control)).logits;
      return meanDivergence(reference, logits, logits.length / settings.images);
    },
  };
}
