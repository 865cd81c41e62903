/** The public datasets and weights that Fewbit knows: where they are, and what they must be. */
import { CIFAR10_CLASSES } from './formats/cifarBinary.ts';
import type { RemoteFile } from './download/connect.ts';
import { IMAGENETTE_CLASSES } from './imagenette.ts';
import type { Expected } from './import/expected.ts';
import type { SplitName } from './import/folder.ts';

export type SourceFile = RemoteFile & { readonly split?: SplitName };

export type Source = {
  readonly id: string;
  /** Which set it makes: sources of one set are alike. */
  readonly set: SetName;
  readonly title: string;
  readonly files: readonly SourceFile[];
  readonly layout: 'CIFAR-10 binary, tar.gz' | 'CIFAR-10 Python, tar.gz' | 'folders of JPEG, tar.gz' | 'parquet';
  /** Whether the server lets a page of another origin read it. Where not, the user downloads the file and drops it. */
  readonly cors: boolean;
  /** The shorter side that images are kept at. */
  readonly keepSide: number;
  readonly licence: string;
};

/** What a whole set must be, from whichever source. */
const KNOWN_SETS = {
  cifar10: {
    images: { train: 50_000, test: 10_000 },
    balanced: true,
    classes: CIFAR10_CLASSES,
    // Measured on the images whose six binary files have the SHA-256 in cifarBinary.ts.
    content: {
      train: '92577f6af540a0340a33611e51f5de68e48e5cc0ef3ded662ec23578c7d389e6',
      test: 'c64584c6079d35cf3cfad34e5474882c651b50676b9bfd67d50490ac53b7270f',
    },
  },
  imagenette: {
    images: { train: 9_469, test: 3_925 },
    classes: IMAGENETTE_CLASSES.map(({ name }) => name),
  },
} satisfies Readonly<Record<string, Expected>>;
export type SetName = keyof typeof KNOWN_SETS;

export const EXPECTED: Readonly<Record<SetName, Expected>> = Object.freeze(KNOWN_SETS);

const CIFAR_LICENCE =
  'No licence stated; its makers ask to cite Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009';
const IMAGENETTE_LICENCE = "Apache-2.0 (fastai/imagenette); the photos are ImageNet's, for research and teaching";

const CIFAR_ON_HUGGING_FACE =
  'https://huggingface.co/datasets/uoft-cs/cifar10/resolve/0b2714987fa478483af9968de7c934580d0bb9a2/plain_text';
const IMAGENETTE_ON_HUGGING_FACE =
  'https://huggingface.co/datasets/frgfm/imagenette/resolve/4b23ffb92a8029db9958bdfdbd6978427d09b1a0/160px';

/** The first source of a set is the one that the page offers. `bytes` and `sha256` are null where nobody has published them. */
export const SOURCES: readonly Source[] = Object.freeze([
  {
    id: 'cifar10-parquet',
    set: 'cifar10',
    title: 'CIFAR-10 on Hugging Face',
    layout: 'parquet',
    cors: true,
    keepSide: 32,
    licence: CIFAR_LICENCE,
    files: [
      {
        name: 'train-00000-of-00001.parquet',
        url: `${CIFAR_ON_HUGGING_FACE}/train-00000-of-00001.parquet`,
        split: 'train',
        bytes: 119_705_255,
        sha256: '8428b53a88a11ac374111006708df51469e315a22ac6d66470afd9c78d2ae883',
      },
      {
        name: 'test-00000-of-00001.parquet',
        url: `${CIFAR_ON_HUGGING_FACE}/test-00000-of-00001.parquet`,
        split: 'test',
        bytes: 23_940_850,
        sha256: '841389e6f2d64f28bf17310e430aebac20ec3ba611a3c5e231dc93c645ce84de',
      },
    ],
  },
  {
    id: 'cifar10-binary',
    set: 'cifar10',
    title: 'CIFAR-10, binary archive',
    layout: 'CIFAR-10 binary, tar.gz',
    cors: false,
    keepSide: 32,
    licence: CIFAR_LICENCE,
    files: [
      {
        name: 'cifar-10-binary.tar.gz',
        url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
        bytes: 170_052_171,
        sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
      },
    ],
  },
  {
    id: 'cifar10-python',
    set: 'cifar10',
    title: 'CIFAR-10, Python archive',
    layout: 'CIFAR-10 Python, tar.gz',
    cors: false,
    keepSide: 32,
    licence: CIFAR_LICENCE,
    files: [
      {
        name: 'cifar-10-python.tar.gz',
        url: 'https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz',
        bytes: 170_498_071,
        sha256: '6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce',
      },
    ],
  },
  {
    id: 'imagenette-parquet',
    set: 'imagenette',
    title: 'Imagenette on Hugging Face',
    layout: 'parquet',
    cors: true,
    keepSide: 160,
    licence: IMAGENETTE_LICENCE,
    files: [
      {
        name: 'train-00000-of-00001.parquet',
        url: `${IMAGENETTE_ON_HUGGING_FACE}/train-00000-of-00001.parquet`,
        split: 'train',
        bytes: null,
        sha256: null,
      },
      {
        name: 'validation-00000-of-00001.parquet',
        url: `${IMAGENETTE_ON_HUGGING_FACE}/validation-00000-of-00001.parquet`,
        split: 'test',
        bytes: null,
        sha256: null,
      },
    ],
  },
  {
    id: 'imagenette-160',
    set: 'imagenette',
    title: 'Imagenette at 160 pixels',
    layout: 'folders of JPEG, tar.gz',
    cors: false,
    keepSide: 160,
    licence: IMAGENETTE_LICENCE,
    files: [
      {
        name: 'imagenette2-160.tgz',
        url: 'https://s3.amazonaws.com/fast-ai-imageclas/imagenette2-160.tgz',
        bytes: 99_003_388,
        sha256: '64d0c4859f35a461889e0147755a999a48b49bf38a7e0f9bd27003f10db02fe5',
      },
    ],
  },
  {
    id: 'imagenette-320',
    set: 'imagenette',
    title: 'Imagenette at 320 pixels',
    layout: 'folders of JPEG, tar.gz',
    cors: false,
    keepSide: 160,
    licence: IMAGENETTE_LICENCE,
    files: [
      {
        name: 'imagenette2-320.tgz',
        url: 'https://s3.amazonaws.com/fast-ai-imageclas/imagenette2-320.tgz',
        bytes: 341_663_724,
        sha256: '569b4497c98db6dd29f335d1f109cf315fe127053cedf69010d047f0188e158c',
      },
    ],
  },
]);

export type WeightFile = RemoteFile & { readonly title: string; readonly licence: string };

/** torchvision's ImageNet weights (IMAGENET1K_V1, BSD-3-Clause), as timm keeps them. */
export const WEIGHT_FILES = Object.freeze({
  resnet18: {
    name: 'resnet18.tv_in1k.safetensors',
    title: 'timm/resnet18.tv_in1k on Hugging Face',
    url: 'https://huggingface.co/timm/resnet18.tv_in1k/resolve/bbd144b3e5565108aad885f145491d11bc6ce807/model.safetensors',
    bytes: 46_807_446,
    sha256: '694f673df6520a3158624e8a89af086f59923ee4cd7436fe5bc3bc71d295ad81',
    licence: 'BSD-3-Clause',
  },
  resnet50: {
    name: 'resnet50.tv_in1k.safetensors',
    title: 'timm/resnet50.tv_in1k on Hugging Face',
    url: 'https://huggingface.co/timm/resnet50.tv_in1k/resolve/78f3ecfdb38e06d9b8397f662e7ab8fee96026fa/model.safetensors',
    bytes: 102_469_840,
    sha256: '5d061a3c593d795bfe682d9b152bafbcf550579873492def3515b46db1189888',
    licence: 'BSD-3-Clause',
  },
} satisfies Readonly<Record<string, WeightFile>>);
