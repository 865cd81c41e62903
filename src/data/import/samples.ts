/** Any file that Fewbit can import to labelled images, one after another. */
import { tarEntries } from '../archives/tar.ts';
import { parquetImages } from '../parquet/images.ts';
import { isLitter, kindOfName } from '../layout/names.ts';
import type { Layout, Place } from '../layout/types.ts';
import type { Bytes } from '../types.ts';
import { blobSource } from './byteSource.ts';
import type { ByteSource } from './byteSource.ts';
import { cifarFile, cifarSamples } from './cifarFiles.ts';
import { createSplitter, inWords, placeOf, splitOfFile } from './folder.ts';
import type { SplitName } from './folder.ts';
import { notASet, openStream } from '../trees/openStream.ts';
import { HEAD_BYTES, isOtherPicture, isPictureFormat, recognise } from './recognise.ts';
import type { FileInput, ImportInput, Sample } from './sample.ts';
import { spooled } from '../trees/spool.ts';
import { surveyInputs } from '../trees/survey.ts';
import type { Survey, SurveyOptions } from '../trees/survey.ts';
import type { Tree } from '../trees/trees.ts';
import type { Watch } from './watch.ts';

export type ReadOptions = SurveyOptions & {
  /** Sees the bytes of an archive as they pass, to count and hash them. */
  readonly watch: Watch;
  /** Told how a download is laid out, once that is known. */
  readonly onLayout: (layout: Layout) => void;
  /** Told the classes in the order of their numbers, where a file numbers them. */
  readonly onClasses: (names: readonly string[]) => void;
};

async function* treeSamples(tree: Tree, places: readonly Place[]): AsyncGenerator<Sample> {
  const isCifar = (place: number): boolean => cifarFile(tree.files[place].path) !== null;
  const isWanted = (place: number): boolean => isCifar(place) || !('leftOut' in places[place]);
  for await (const { place, read } of tree.contents(isWanted)) {
    const { path } = tree.files[place];
    const [cifar, to] = [cifarFile(path), places[place]];
    if (cifar) yield* cifarSamples(cifar, await read(), path);
    else if (!('leftOut' in to))
      yield {
        split: to.split,
        path,
        load: async () => ({ path, className: to.className, content: await read() }),
      };
  }
}

function isPicture(path: string, content: Bytes): boolean {
  const kind = recognise(content.subarray(0, HEAD_BYTES));
  return isPictureFormat(kind) || isOtherPicture(kind) || kindOfName(path) === 'picture';
}

/** A tar as it arrives: CIFAR-10's batches, or a published set whose folders are known. Other pictures are collected. */
async function* tarSamples(stream: ReadableStream<Bytes>, name: string, options: ReadOptions): AsyncGenerator<Sample> {
  const split = createSplitter(options.seed);
  const collected: { path: string; blob: Blob }[] = [];
  for await (const { path, read, link } of tarEntries(stream, name)) {
    if (isLitter(path) || link) continue;
    const content = await read();
    const cifar = cifarFile(path);
    if (cifar) yield* cifarSamples(cifar, content, path);
    else if (!options.published) collected.push({ path, blob: new Blob([content]) });
    else if (isPicture(path, content)) {
      const place = placeOf(path);
      const load = async () => ({ path, className: place.className, content });
      yield { split: place.split ?? split(place.className), path, load };
    }
  }
  if (collected.some(({ path }) => kindOfName(path) !== 'other'))
    yield* folderSamples({ kind: 'folder', name, files: collected }, options);
}

/** Of what has been downloaded: looked through now. */
async function* folderSamples(input: ImportInput, options: ReadOptions): AsyncGenerator<Sample> {
  const survey = await surveyInputs([input], options, () => {
    throw new Error('What is downloaded is read once.');
  });
  if (survey.layout) options.onLayout(survey.layout);
  const tree = survey.treeOf(input);
  if (tree) yield* treeSamples(tree, survey.placesOf(input));
}

async function* parquetSamples(
  source: ByteSource,
  split: SplitName,
  onClasses: ReadOptions['onClasses'],
): AsyncGenerator<Sample> {
  let row = 0;
  for await (const load of parquetImages(source, (names) => onClasses(names.map(inWords)))) {
    yield {
      split,
      path: `${source.name}, row ${row++}`,
      load: async () => {
        const { path, className, file } = await load();
        return { path, className: inWords(className), content: file };
      },
    };
  }
}

async function* streamSamples({ source, split }: FileInput, options: ReadOptions): AsyncGenerator<Sample> {
  const { name } = source;
  const { kind, head, whole } = await openStream(options.watch.through(source.stream()), name);
  switch (kind) {
    case 'tar':
      return yield* tarSamples(whole, name, options);
    case 'zip': {
      const source = blobSource(await spooled(whole), name);
      return yield* folderSamples({ kind: 'file', source }, options);
    }
    case 'parquet':
      options.watch.byRanges();
      await whole.cancel();
      return yield* parquetSamples(source, split ?? splitOfFile(name), options.onClasses);
    default:
      await whole.cancel();
      throw notASet(name, kind, head.length);
  }
}

/**
 * The images of a file or folder, in an order that is always the same. What the file is, its content tells.
 * @param survey of all that is imported
 */
export async function* readSamples(input: ImportInput, survey: Survey, options: ReadOptions): AsyncGenerator<Sample> {
  const tree = survey.treeOf(input);
  if (tree && !tree.streams) options.watch.byRanges();
  if (tree) yield* treeSamples(tree, survey.placesOf(input));
  else if (input.kind === 'file') yield* streamSamples(input, options);
}
