/** CIFAR-10's binary layout: for each image a label byte, then the red, green and blue planes of 32x32. */
import type { Bytes, ImageSet } from '../types.ts';

const SIDE = 32;
const PLANE = SIDE * SIDE;

/** One image in the file: its label, then 3 planes. */
export const CIFAR_IMAGE_BYTES = 1 + 3 * PLANE;

export const CIFAR10_CLASSES = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;

/** The files of cifar-10-binary.tar.gz, 10,000 images each. */
export const CIFAR10_FILES = [
  {
    name: 'data_batch_1.bin',
    split: 'train',
    sha256: 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
  },
  {
    name: 'data_batch_2.bin',
    split: 'train',
    sha256: 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed',
  },
  {
    name: 'data_batch_3.bin',
    split: 'train',
    sha256: 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67',
  },
  {
    name: 'data_batch_4.bin',
    split: 'train',
    sha256: '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48',
  },
  {
    name: 'data_batch_5.bin',
    split: 'train',
    sha256: '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add',
  },
  { name: 'test_batch.bin', split: 'test', sha256: '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b' },
] as const;

/**
 * Decodes a file in the CIFAR-10 binary layout (https://www.cs.toronto.edu/~kriz/cifar.html).
 *
 * @param bytes n * 3073 bytes, n at least 1
 * @param fileName named in the errors
 * @returns n images [n, 32, 32, 3], channels last
 * @throws when the file is empty, its length is no multiple of 3073 or a label is above 9
 */
export function parseCifarBinary(bytes: Uint8Array, fileName: string): ImageSet {
  if (bytes.length === 0) throw new Error(`${fileName} is empty: it holds no images. Get the file again.`);
  if (bytes.length % CIFAR_IMAGE_BYTES !== 0) {
    throw new Error(
      `${fileName} is ${bytes.length} bytes long, which is no multiple of ${CIFAR_IMAGE_BYTES}: it is cut short or not in the CIFAR-10 binary layout. Get the file again.`,
    );
  }
  const count = bytes.length / CIFAR_IMAGE_BYTES;
  const pixels: Bytes = new Uint8Array(count * PLANE * 3);
  const labels = new Int32Array(count);
  for (let image = 0; image < count; image++) {
    const label = bytes[image * CIFAR_IMAGE_BYTES];
    if (label >= CIFAR10_CLASSES.length) {
      throw new Error(
        `${fileName} gives image ${image} the label ${label}, but CIFAR-10's labels are 0 to 9: the file is damaged or not in the CIFAR-10 binary layout. Get the file again.`,
      );
    }
    labels[image] = label;
    const red = image * CIFAR_IMAGE_BYTES + 1;
    let out = image * PLANE * 3;
    for (let pixel = red; pixel < red + PLANE; pixel++) {
      pixels[out++] = bytes[pixel];
      pixels[out++] = bytes[pixel + PLANE];
      pixels[out++] = bytes[pixel + 2 * PLANE];
    }
  }
  return { height: SIDE, width: SIDE, count, pixels, labels, classes: CIFAR10_CLASSES };
}
