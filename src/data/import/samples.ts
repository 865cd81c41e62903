/** Any file that Fewbit can import to labelled images, one after another. */
import { CIFAR10_CLASSES, CIFAR10_FILES, parseCifarBinary } from '../formats/cifarBinary.ts';
import { imageBytes } from '../imageSet.ts';
import type { Picture } from '../photos/picture.ts';
import type { Bytes, ImageSet } from '../types.ts';
import type { ByteSource } from './byteSource.ts';
import { parseCifarPython } from '../formats/cifarPython.ts';
import { isLitter } from '../archives/entries.ts';
import type { Entry } from '../archives/entries.ts';
import { createSplitter, inWords, placeOf, splitOfFile } from './folder.ts';
import type { SplitName } from './folder.ts';
import { parquetImages } from '../formats/parquet.ts';
import { HEAD_BYTES, recognise } from './recognise.ts';
import { gunzipped, tarEntries } from '../archives/tar.ts';
import type { Watch } from './watch.ts';
import { zipEntries } from '../archives/zip.ts';

/** A loaded image: still encoded, or pixels where the file holds pixels. */
export type LoadedImage = { readonly path: string; readonly className: string; readonly content: Bytes | Picture };

/** An image that has come up; one that is stored already is never loaded. */
export type Sample = { readonly split: SplitName; readonly load: () => Promise<LoadedImage> };

/** What to import: one file (an archive, a parquet file), or the files of a folder. */
export type ImportInput =
  | { readonly kind: 'file'; readonly source: ByteSource; readonly split?: SplitName }
  | {
      readonly kind: 'folder';
      readonly name: string;
      readonly files: readonly { readonly path: string; readonly blob: Blob }[];
    };

const baseName = (path: string): string => path.split('/').at(-1) ?? path;

function cifarFile(path: string): { split: SplitName; parse: (file: Bytes, name: string) => ImageSet } | null {
  const name = baseName(path);
  const known = CIFAR10_FILES.find((file) => file.name === name || file.name === `${name}.bin`);
  return known ? { split: known.split, parse: known.name === name ? parseCifarBinary : parseCifarPython } : null;
}

function pictureOf(set: ImageSet, image: number): Picture {
  const size = imageBytes(set);
  return { height: set.height, width: set.width, pixels: set.pixels.slice(image * size, (image + 1) * size) };
}

/** The images of one CIFAR batch. */
function* cifarSamples(set: ImageSet, split: SplitName, path: string): Generator<Sample> {
  for (let image = 0; image < set.count; image++) {
    const load = async (): Promise<LoadedImage> => ({
      path: `${path}, image ${image}`,
      className: CIFAR10_CLASSES[set.labels[image]],
      content: pictureOf(set, image),
    });
    yield { split, load };
  }
}

/** An archive that holds CIFAR's batches is CIFAR; any other is a folder of images, of which what is no image is passed over. */
async function* entrySamples(entries: AsyncIterable<Entry> | Iterable<Entry>, seed: number): AsyncGenerator<Sample> {
  const split = createSplitter(seed);
  for await (const { path, read } of entries) {
    if (isLitter(path)) continue;
    const content = await read();
    const cifar = cifarFile(path);
    if (cifar) {
      yield* cifarSamples(cifar.parse(content, path), cifar.split, path);
      continue;
    }
    const kind = recognise(content.subarray(0, HEAD_BYTES));
    if (kind === 'other image')
      throw new Error(`${path} is neither JPEG nor PNG. Convert it, or take it out, and import again.`);
    if (kind !== 'jpeg' && kind !== 'png') continue;
    const place = placeOf(path);
    yield {
      split: place.split ?? split(place.className),
      load: async () => ({ path, className: place.className, content }),
    };
  }
}

async function* parquetSamples(source: ByteSource, split: SplitName): AsyncGenerator<Sample> {
  for await (const load of parquetImages(source)) {
    yield {
      split,
      load: async () => {
        const { path, className, file } = await load();
        return { path, className: inWords(className), content: file };
      },
    };
  }
}

/** Takes a look at a stream's first bytes and gives the stream back as it was. */
async function peek(stream: ReadableStream<Bytes>): Promise<{ head: Bytes; whole: ReadableStream<Bytes> }> {
  const reader = stream.getReader();
  const seen: Bytes[] = [];
  let length = 0;
  while (length < HEAD_BYTES) {
    const { done, value } = await reader.read();
    if (done) break;
    seen.push(value);
    length += value.length;
  }
  const head = new Uint8Array(await new Blob(seen).arrayBuffer()).slice(0, HEAD_BYTES);
  const whole = new ReadableStream<Bytes>(
    {
      pull: async (controller) => {
        const first = seen.shift();
        if (first) return controller.enqueue(first);
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return { head, whole };
}

type FileInput = {
  readonly source: ByteSource;
  readonly split: SplitName;
  readonly seed: number;
  readonly watch: Watch;
};

async function* streamSamples(stream: ReadableStream<Bytes>, input: FileInput): AsyncGenerator<Sample> {
  const { source, split, seed, watch } = input;
  const { name } = source;
  const { head, whole } = await peek(stream);
  const kind = recognise(head);
  switch (kind) {
    case 'gzip':
      return yield* streamSamples(gunzipped(whole, name), input);
    case 'tar':
      return yield* entrySamples(tarEntries(whole, name), seed);
    case 'zip':
      return yield* entrySamples(zipEntries(whole, name), seed);
    case 'parquet':
      watch.byRanges();
      await whole.cancel();
      return yield* parquetSamples(source, split);
    default:
      await whole.cancel();
      throw new Error(
        kind === 'web page'
          ? `${name} is a web page, not the dataset. The address may be wrong, or a login page stands before it.`
          : `${name} is ${head.length === 0 ? 'empty' : `no archive that Fewbit knows (it looks like: ${kind})`}. It reads tar, tar.gz, zip and parquet, and folders of JPEG and PNG.`,
      );
  }
}

const folderEntries = (files: readonly { path: string; blob: Blob }[]): Entry[] =>
  files
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, blob }) => ({ path, size: blob.size, read: async () => new Uint8Array(await blob.arrayBuffer()) }));

/**
 * The images of a file or folder, in its order. What the file is, its content tells.
 * @param seed of the split, where no folder says it
 * @param watch sees the bytes of an archive as they pass, to count and hash them
 */
export async function* readSamples(input: ImportInput, seed: number, watch: Watch): AsyncGenerator<Sample> {
  if (input.kind === 'folder') return yield* entrySamples(folderEntries(input.files), seed);
  const { source, split = splitOfFile(source.name) } = input;
  yield* streamSamples(watch.through(source.stream()), { source, split, seed, watch });
}
