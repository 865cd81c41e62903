/** Which networks know which images, so that choosing one of them does not end in a refusal. */
import {
  BUNDLED,
  DATASETS,
  datasetsKnownBy,
  datasetTitle,
  isKnownDataset,
  MODEL_NAMES,
  MODELS,
  type ModelName,
} from '../../contract/catalogue.ts';
import type { DatasetList } from '../../contract/calls/data.ts';

export type Pair = { readonly model: ModelName; readonly dataset: string };

export type Option = { readonly value: string; readonly title: string; readonly here: boolean };

/** The images that a network is shown where nobody says which: the first that it knows. */
export const imagesFor = (model: ModelName): string => datasetsKnownBy(model).at(0) ?? BUNDLED.dataset;

/** Every network of the lab, and whether its weights are here. */
export const modelOptions = (list: DatasetList | null): readonly Option[] =>
  MODEL_NAMES.map((name) => ({
    value: name,
    title: MODELS[name].title,
    here:
      name === BUNDLED.model || (list?.weights ?? []).some(({ model, state }) => model === name && state === 'ready'),
  }));

/**
 * The sample, every set of the catalogue, the user's own sets that are complete, and the chosen set even if it is
 * not here.
 */
export function datasetOptions(list: DatasetList | null, chosen: string): readonly Option[] {
  const sets = (list?.datasets ?? []).filter(({ name, state }) => state === 'ready' || isKnownDataset(name));
  const options = [
    { value: BUNDLED.dataset as string, title: DATASETS[BUNDLED.dataset].title, here: true },
    ...sets.map(({ name, title, state }) => ({ value: name, title, here: state === 'ready' })),
  ];
  return options.some(({ value }) => value === chosen)
    ? options
    : [...options, { value: chosen, title: datasetTitle(chosen), here: false }];
}

const isHere = (options: readonly Option[], value: string): boolean =>
  options.some((option) => option.value === value && option.here);

/**
 * This network, and images that it knows: the chosen ones, or some that are here, or the first that can be had. Of a
 * network of the user's only its file says what it knows: the chosen images stay.
 */
export function withModel(model: ModelName, { dataset }: Pair, list: DatasetList | null): Pair {
  if (datasetsKnownBy(model).includes(dataset)) return { model, dataset };
  const options = datasetOptions(list, dataset);
  return {
    model,
    dataset: datasetsKnownBy(model).find((name) => isHere(options, name)) ?? datasetsKnownBy(model).at(0) ?? dataset,
  };
}

/** These images, and a network that knows them if one is here. For a set of the user's the chosen network stays. */
export function withDataset(dataset: string, { model }: Pair, list: DatasetList | null): Pair {
  const knowing = MODEL_NAMES.filter((name) => datasetsKnownBy(name).includes(dataset));
  // Whether a network of the user's knows them, its classes will say.
  if (model === 'own' || knowing.length === 0 || knowing.includes(model)) return { model, dataset };
  const options = modelOptions(list);
  return { model: knowing.find((name) => isHere(options, name)) ?? model, dataset };
}
