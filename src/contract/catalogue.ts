/** The models and datasets the lab knows by name. */

export const MODELS = {
  resnet20: {
    file: 'resnet20-cifar10.safetensors',
    title: 'ResNet-20',
    about: 'ResNet-20, trained by Fewbit on CIFAR-10',
  },
  resnet18: { file: null, title: 'ResNet-18', about: 'ResNet-18, from a .safetensors file of yours' },
  resnet50: { file: null, title: 'ResNet-50', about: 'ResNet-50, from a .safetensors file of yours' },
  own: { file: null, title: 'Your network', about: 'a ResNet of yours, from an .onnx or .safetensors file' },
} as const;
export type ModelName = keyof typeof MODELS;

export const DATASETS = {
  'cifar10-sample': { title: 'CIFAR-10 sample', about: '2,000 training and 1,000 test images of CIFAR-10, bundled' },
  cifar10: { title: 'CIFAR-10', about: 'all 60,000 images of CIFAR-10, 32 x 32' },
  imagenette: { title: 'Imagenette', about: '13,394 photos of ten classes that ImageNet knows, 160 x 160 by default' },
} as const;
export type DatasetName = keyof typeof DATASETS;

export const MODEL_NAMES = Object.keys(MODELS) as ModelName[];
export const DATASET_NAMES = Object.keys(DATASETS) as DatasetName[];

/** @throws naming what there is */
export function requireModel(name: string): ModelName {
  if (!Object.hasOwn(MODELS, name))
    throw new Error(`There is no model named ${name}; the lab has ${MODEL_NAMES.join(', ')}.`);
  return name as ModelName;
}

/** The bundled file of a model. @throws where there is none */
export function bundledFile(name: string): string {
  const { file, about } = MODELS[requireModel(name)];
  if (!file) throw new Error(`${name} is not bundled: it is ${about}.`);
  return file;
}
