/** From files to datasets: the bundled sample and CIFAR-10 in full. Where the files lie is the reader's business. */
import { CIFAR10_FILES, CIFAR_IMAGE_BYTES, parseCifarBinary } from './formats/cifarBinary.ts';
import { mismatch } from './bytes/fingerprint.ts';
import { gunzip, isGzip } from './bytes/gzip.ts';
import { concatenate } from './imageSet.ts';
import type { Bytes, Dataset, Fingerprint, ImageSet, Read, SampleFile, SampleManifest } from './types.ts';

const FULL_FILE_BYTES = 10_000 * CIFAR_IMAGE_BYTES;

async function requireMatch(bytes: Bytes, expected: Fingerprint, path: string, remedy: string): Promise<void> {
  const wrong = await mismatch(bytes, expected);
  if (wrong) throw new Error(`${path} is damaged: ${wrong}. ${remedy}`);
}

async function loadSampleFile(read: Read, file: SampleFile, folder: string): Promise<ImageSet> {
  const path = `${folder}/${file.name}`;
  const remedy = 'Reload the page, or install Fewbit again if that does not help.';
  const bytes = await read(file.name);
  // Some servers have the browser decompress .gz files: then only the raw fingerprint can be checked.
  const decompressed = bytes.length === file.raw.bytes && !isGzip(bytes);
  if (!decompressed) await requireMatch(bytes, file, path, remedy);
  const raw = await gunzip(bytes, path, file.raw.bytes);
  await requireMatch(raw, file.raw, path, remedy);
  return parseCifarBinary(raw, path);
}

/**
 * The bundled sample: 2,000 training and 1,000 test images [n, 32, 32, 3].
 *
 * @param read gives the files that `manifest` names
 * @param manifest datasets/cifar10-sample/sample.json, see manifest.ts
 * @throws when a file's length or SHA-256 is not the manifest's; nothing of a damaged file is used
 */
export async function loadSample(read: Read, manifest: SampleManifest): Promise<Dataset> {
  const folder = `datasets/${manifest.name}`;
  const [train, test] = await Promise.all([
    loadSampleFile(read, manifest.train, folder),
    loadSampleFile(read, manifest.test, folder),
  ]);
  return { name: manifest.name, train, test };
}

/**
 * CIFAR-10 in full: 50,000 training and 10,000 test images [n, 32, 32, 3], about 185 MB.
 *
 * @param read gives data_batch_1.bin .. data_batch_5.bin and test_batch.bin, as in cifar-10-binary.tar.gz
 * @throws when a file's length or SHA-256 is not that of the published one
 */
export async function loadCifar10Full(read: Read): Promise<Dataset> {
  const splits: { train: ImageSet[]; test: ImageSet[] } = { train: [], test: [] };
  for (const { name, split, sha256 } of CIFAR10_FILES) {
    const bytes = await read(name);
    const remedy = 'Delete it and get CIFAR-10 again (npx tsx scripts/prepare-cifar10.ts).';
    await requireMatch(bytes, { bytes: FULL_FILE_BYTES, sha256 }, name, remedy);
    splits[split].push(parseCifarBinary(bytes, name));
  }
  return { name: 'cifar10', train: concatenate(splits.train), test: concatenate(splits.test) };
}
