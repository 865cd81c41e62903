/** CIFAR-10's Python layout: one pickled dict for each batch, pixels as planes. */
import { CIFAR10_CLASSES, CIFAR_IMAGE_BYTES, parseCifarBinary } from './cifarBinary.ts';
import type { Bytes, ImageSet } from '../types.ts';
import { unpickleDict } from './pickle.ts';

const PLANES = CIFAR_IMAGE_BYTES - 1;

/**
 * Decodes data_batch_1 .. data_batch_5 or test_batch of cifar-10-python.tar.gz
 * (https://www.cs.toronto.edu/~kriz/cifar.html): `data` is uint8 [n, 3072], `labels` a list of n.
 * @returns n images [n, 32, 32, 3]
 * @throws when the file is no such batch
 */
export function parseCifarPython(file: Bytes, fileName: string): ImageSet {
  const batch = unpickleDict(file, fileName);
  const data = batch.get('data');
  const labels = batch.get('labels');
  const refuse = (what: string): Error =>
    new Error(`${fileName} is no batch of CIFAR-10: ${what}. It was refused; get cifar-10-python.tar.gz again.`);
  if (!(typeof data === 'object' && data !== null && 'kind' in data && data.kind === 'array'))
    throw refuse('it holds no array named data');
  if (!(typeof labels === 'object' && labels !== null && 'kind' in labels && labels.kind === 'list'))
    throw refuse('it holds no list named labels');
  const [count, width] = data.shape;
  if (data.shape.length !== 2 || width !== PLANES)
    throw refuse(`its data is [${data.shape.join(', ')}] and not [n, ${PLANES}]`);
  if (labels.items.length !== count) throw refuse(`it holds ${count} images and ${labels.items.length} labels`);
  const binary = new Uint8Array(count * CIFAR_IMAGE_BYTES);
  labels.items.forEach((label, image) => {
    if (typeof label !== 'number' || label < 0 || label >= CIFAR10_CLASSES.length)
      throw refuse(`image ${image} has no label from 0 to 9`);
    binary[image * CIFAR_IMAGE_BYTES] = label;
    binary.set(data.bytes.subarray(image * PLANES, (image + 1) * PLANES), image * CIFAR_IMAGE_BYTES + 1);
  });
  return parseCifarBinary(binary, fileName);
}
