/** What batches of the same pictures come to, everywhere. */
import { sha256 } from '../bytes/fingerprint.ts';
import { evaluationPhotos, trainingPhotos } from '../photos/photoBatches.ts';
import type { Batch } from '../types.ts';
import { noisePhotos } from './photos.ts';

const NORMALIZATION = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

async function hashOf(batches: AsyncIterable<Batch>): Promise<string> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const { images, labels, indices } of batches) {
    for (const { buffer } of [images, labels, indices]) parts.push(new Uint8Array(buffer));
  }
  return sha256(new Uint8Array(await new Blob(parts).arrayBuffer()));
}

/** SHA-256 of every float, label and index of two epochs and of an evaluation. */
export async function photoHashes(): Promise<string[]> {
  const set = noisePhotos(50);
  const training = { batchSize: 16, normalization: NORMALIZATION, side: 24, seed: 7, augment: true };
  return Promise.all([
    hashOf(trainingPhotos(set, { ...training, epoch: 0 })),
    hashOf(trainingPhotos(set, { ...training, epoch: 1, minArea: 0.08 })),
    hashOf(evaluationPhotos(set, { batchSize: 16, normalization: NORMALIZATION, side: 24, resizeTo: 28 })),
  ]);
}

/** Measured once; Node and every browser must come to the same. */
export const EXPECTED_HASHES: readonly string[] = [
  '89722838a47cc7ad3e57e11fbc8f2734c934e99378b563d10b64ff8c7feded3c',
  '6b80feadb0717cf2fc2fad935dd6d3740e00205b81430d1e93e26c0181a9c62d',
  'c9d3fd5ffad17b03d17e6be6ad57115f6449bd5de35b48438165505c25e60dee',
];
