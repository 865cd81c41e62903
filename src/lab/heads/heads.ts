/** The last layers that were learned here: kept in this browser, and put on a network that does not know the classes. */
import type { Dataset } from '../../data/types.ts';
import type { FloatModel } from '../../graph/types.ts';
import type { Control } from '../../contract/progress.ts';
import type { CheckpointStore } from '../resources.ts';
import { fitModel, logitsFor } from './fitModel.ts';
import type { OpenFloat } from './features.ts';
import { headBytes, headImages, learnHead, readHead, withHeadFor, type HeadLearning } from './head.ts';

export type Heads = {
  /**
   * The model as it scores the dataset's classes: as `fitModel`, or with the last layer that was learned for them.
   * @param name the model's name in the catalogue
   * @throws LabError 'unknownClasses' where it neither knows them nor has learned them
   */
  readonly fit: (model: FloatModel, dataset: Dataset, name: string) => Promise<FloatModel>;
  /** @param model folded @returns how many images it was learned from @throws as learnHead */
  readonly learn: (
    model: FloatModel,
    dataset: Dataset,
    name: string,
    learning: HeadLearning,
    control: Control,
  ) => Promise<number>;
};

export function createHeads(store: () => Promise<CheckpointStore | null>, open: OpenFloat): Heads {
  /** As bytes: where the browser keeps nothing, they last as long as the page. */
  const made = new Map<string, Uint8Array>();
  const keyOf = (name: string, { name: images, test }: Dataset): string =>
    ['head', name, images, test.height, test.classes.length].join('-').replace(/[^\w.+-]+/g, '_');

  return {
    async fit(model, dataset, name) {
      const { classes } = dataset.test;
      if (logitsFor(model.classes, classes)) return fitModel(model, dataset);
      const key = keyOf(name, dataset);
      const bytes = made.get(key) ?? (await (await store())?.load(key));
      return bytes ? withHeadFor(model, dataset, readHead(bytes, classes.length)) : fitModel(model, dataset);
    },
    async learn(model, dataset, name, learning, control) {
      const key = keyOf(name, dataset);
      const bytes = headBytes(await learnHead(model, dataset, learning, open, control));
      made.set(key, bytes);
      await (await store())?.save(key, bytes);
      return headImages(dataset, learning);
    },
  };
}
