/** The models and datasets the lab knows by name. */
/**
 * The networks and datasets that the lab knows by name: one row for each. Where a dataset or a file of weights is
 * downloaded from, and what must come, is a row of src/data/sources.ts; how a network is built, of
 * src/weights/architectures.ts.
 */
import { IMAGENET_NORMALIZATION } from '../graph/normalization.ts';
import type { Normalization } from '../graph/types.ts';
import type { RecipeHints } from '../quant/training/recipe.ts';

/** Channel means and deviations of the 50,000 training images, in units of pixel / 255. */
const CIFAR10_NORMALIZATION: Normalization = {
  mean: [0.4914, 0.48216, 0.44653],
  std: [0.24703, 0.24349, 0.26159],
};

type DatasetRow = {
  readonly title: string;
  /** What it holds, and where that is from. */
  readonly about: string;
  /** Bundled with the page, or published: then the user downloads it once. */
  readonly source: 'bundled' | 'published';
  /** Number of classes; their names come with the images. */
  readonly classes: number;
  /** Height and width of its images, in pixels, unless the user says otherwise. */
  readonly side: number;
  /** What networks that were trained on it expect. */
  readonly normalization: Normalization;
  /** What it tells the recipe of training. */
  readonly recipe: Pick<RecipeHints, 'images' | 'trainImages'>;
};

export const DATASETS = {
  'cifar10-sample': {
    title: 'CIFAR-10 sample',
    about: '2,000 training and 1,000 test images of CIFAR-10, bundled',
    source: 'bundled',
    classes: 10,
    side: 32,
    normalization: CIFAR10_NORMALIZATION,
    recipe: { images: 'small', trainImages: 2_000 },
  },
  cifar10: {
    title: 'CIFAR-10',
    about: 'all 60,000 images of CIFAR-10, 32 x 32',
    source: 'published',
    classes: 10,
    side: 32,
    normalization: CIFAR10_NORMALIZATION,
    recipe: { images: 'small', trainImages: 50_000 },
  },
  imagenette: {
    title: 'Imagenette',
    about: '13,394 photos of ten classes that ImageNet knows, 160 x 160 by default',
    source: 'published',
    classes: 10,
    side: 160,
    normalization: IMAGENET_NORMALIZATION,
    recipe: { images: 'photos' },
  },
} as const satisfies Readonly<Record<string, DatasetRow>>;
type DatasetName = keyof typeof DATASETS;

/** What a person's own classes are called: the network that learned them, and the set of their photos, which is as any other. */
export const OWN_CLASSES = { model: 'classes', dataset: 'Your own classes' } as const;

type ModelRow = {
  readonly title: string;
  /** What it is, and where its weights are from. */
  readonly about: string;
  /** Where its weights are from: bundled with the page, published for download, or only from a file of the user's. */
  readonly source: 'bundled' | 'published' | 'user';
  /** Its file in public/models; null: not bundled. */
  readonly file: string | null;
  /** Datasets whose classes it knows; the first is shown where nobody says which. */
  readonly knows: readonly (DatasetName | typeof OWN_CLASSES.dataset)[];
  /** What it tells the recipe of training. */
  readonly recipe: Pick<RecipeHints, 'network'>;
};

export const MODELS = {
  resnet20: {
    title: 'ResNet-20',
    about: 'ResNet-20, trained by Fewbit on CIFAR-10',
    source: 'bundled',
    file: 'resnet20-cifar10.safetensors',
    knows: ['cifar10-sample', 'cifar10'],
    recipe: { network: 'small' },
  },
  resnet18: {
    title: 'ResNet-18',
    about: 'ResNet-18, from a .safetensors file of yours',
    source: 'published',
    file: null,
    knows: ['imagenette'],
    recipe: { network: 'large' },
  },
  resnet50: {
    title: 'ResNet-50',
    about: 'ResNet-50, from a .safetensors file of yours',
    source: 'published',
    file: null,
    knows: ['imagenette'],
    recipe: { network: 'large' },
  },
  own: {
    title: 'Your network',
    about: 'a ResNet of yours, from an .onnx or .safetensors file',
    source: 'user',
    file: null,
    knows: [],
    recipe: { network: 'large' },
  },
  classes: {
    title: 'Network of your classes',
    about: 'a network with a last layer for classes of yours, trained here',
    source: 'user',
    file: null,
    knows: [OWN_CLASSES.dataset],
    recipe: { network: 'large' },
  },
} as const satisfies Readonly<Record<string, ModelRow>>;
export type ModelName = keyof typeof MODELS;

export const MODEL_NAMES = Object.keys(MODELS) as ModelName[];
export const DATASET_NAMES = Object.keys(DATASETS) as DatasetName[];

/** What comes with the page: shown until something else is chosen, and always there. */
export const BUNDLED = { model: 'resnet20', dataset: 'cifar10-sample' } as const satisfies {
  readonly model: ModelName;
  readonly dataset: DatasetName;
};

const isModel = (name: string): name is ModelName => Object.hasOwn(MODELS, name);
export const isKnownDataset = (name: string): name is DatasetName => Object.hasOwn(DATASETS, name);

/** A network's title; a name that the catalogue does not have is its own title. */
export const modelTitle = (name: string): string => (isModel(name) ? MODELS[name].title : name);

/** A dataset's title; the name of a set of the user's is its own title. */
export const datasetTitle = (name: string): string => (isKnownDataset(name) ? DATASETS[name].title : name);

/** The datasets whose classes a network knows, the one to begin with first. */
export const datasetsKnownBy = (model: ModelName): readonly string[] => MODELS[model].knows;

/**
 * The hints for the recipe of training. A network of the user's counts as large, and images of the user's as photos.
 */
export const recipeHints = ({ model, dataset }: { readonly model: string; readonly dataset: string }): RecipeHints => ({
  network: isModel(model) ? MODELS[model].recipe.network : 'large',
  ...(isKnownDataset(dataset) ? DATASETS[dataset].recipe : { images: 'photos' }),
});

/** @throws naming what there is */
function requireModel(name: string): ModelName {
  if (!isModel(name)) throw new Error(`There is no model named ${name}; the lab has ${MODEL_NAMES.join(', ')}.`);
  return name;
}

/** The bundled file of a model. @throws where there is none */
export function bundledFile(name: string): string {
  const { file, about } = MODELS[requireModel(name)];
  if (!file) throw new Error(`${name} is not bundled: it is ${about}.`);
  return file;
}
