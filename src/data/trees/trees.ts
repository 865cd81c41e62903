/** Folders and archives as trees: every file listed before any is imported, then their contents one after another. */
import type { Entry } from '../archives/entries.ts';
import { tarEntries } from '../archives/tar.ts';
import { zipEntries } from '../archives/zip.ts';
import { createQuickHash, quickHash } from '../bytes/quickHash.ts';
import { isLitter, kindOfName } from '../layout/names.ts';
import type { ListedFile } from '../layout/types.ts';
import type { Bytes } from '../types.ts';
import type { ByteSource } from '../import/byteSource.ts';
import { cifarFile } from '../import/cifarFiles.ts';
import { isLabelList, labelsOf } from './labelLists.ts';
import { openStream } from './openStream.ts';
import { HEAD_BYTES, isOtherArchive, isOtherPicture, isPictureFormat, recognise } from '../import/recognise.ts';
import type { FolderInput } from '../import/sample.ts';

export type Content = {
  /** In `files`. */
  readonly place: number;
  readonly read: () => Promise<Bytes>;
};

export type Tree = {
  readonly files: readonly ListedFile[];
  /** Classes that lists beside the pictures give, by path. */
  readonly labels: ReadonlyMap<string, string>;
  /** Its contents come by the file's stream, not by ranges. */
  readonly streams: boolean;
  /** What is in the files at the places asked for, in an order that is always the same. */
  readonly contents: (isWanted: (place: number) => boolean) => AsyncIterable<Content>;
};

function kindOfContent(head: Uint8Array): ListedFile['kind'] {
  const kind = recognise(head);
  if (isPictureFormat(kind) || isOtherPicture(kind)) return 'picture';
  return isOtherArchive(kind) || kind === 'zip' || kind === 'tar' || kind === 'gzip' ? 'archive' : 'other';
}

/** One after another, in the order of the calls. */
function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** Adds digests where two pictures may be the same: where their sizes (and checksums) are. */
async function withDigests(files: readonly ListedFile[], entries: readonly Entry[]): Promise<readonly ListedFile[]> {
  const alike = new Map<string, number[]>();
  files.forEach(({ kind, path, size }, place) => {
    if (kind !== 'picture' || isLitter(path)) return;
    const key = `${size} ${entries[place].likeness ?? ''}`;
    const group = alike.get(key);
    if (group) group.push(place);
    else alike.set(key, [place]);
  });
  const digests = new Map<number, string>();
  for (const group of alike.values())
    if (group.length > 1) for (const place of group) digests.set(place, quickHash(await entries[place].read()));
  return files.map((file, place) => {
    const digest = digests.get(place);
    return digest === undefined ? file : { ...file, digest };
  });
}

/** A tree whose files can be read in any order. */
async function treeOf(entries: readonly Entry[], head: (entry: Entry) => Promise<Bytes>): Promise<Tree> {
  const listed: ListedFile[] = [];
  const lists = new Map<string, Bytes>();
  for (const entry of entries) {
    const { path, size } = entry;
    const isHidden = isLitter(path);
    const named = isHidden || cifarFile(path) ? 'other' : kindOfName(path);
    const kind = entry.link ? 'link' : (named ?? kindOfContent(await head(entry)));
    listed.push({ path, size, kind });
    if (!isHidden && !entry.link && isLabelList(path)) lists.set(path, await entry.read());
  }
  const files = await withDigests(listed, entries);
  return {
    files,
    labels: labelsOf(lists, files),
    streams: false,
    async *contents(isWanted) {
      for (const [place, { read }] of entries.entries()) if (isWanted(place)) yield { place, read };
    },
  };
}

/** The files of a folder, by their paths. */
export function folderTree({ files, links = [] }: FolderInput): Promise<Tree> {
  const blobs = new Map<Entry, Blob>();
  const linked = links.map((path): Entry => ({
    path,
    size: 0,
    read: async () => new Uint8Array(),
    link: { kind: 'symbolic', to: '' },
  }));
  const own = files
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, blob }) => {
      const entry: Entry = { path, size: blob.size, read: async () => new Uint8Array(await blob.arrayBuffer()) };
      blobs.set(entry, blob);
      return entry;
    });
  const entries = [...own, ...linked];
  const head = async (entry: Entry): Promise<Bytes> =>
    new Uint8Array((await blobs.get(entry)?.slice(0, HEAD_BYTES).arrayBuffer()) ?? new ArrayBuffer(0));
  return treeOf(entries, head);
}

/** @throws as zipEntries does */
export async function zipTree(source: ByteSource): Promise<Tree> {
  const turn = inTurn();
  const entries = (await zipEntries(source)).map((entry) => ({ ...entry, read: () => turn(entry.read) }));
  return treeOf(entries, (entry) => entry.read());
}

/** Reads a body to its end: what it is, and its digest. */
async function look(entry: Entry): Promise<ListedFile & { readonly content: Bytes }> {
  const { path, size } = entry;
  const content = await entry.read();
  const hash = createQuickHash();
  hash.update(content);
  return { path, size, kind: kindOfName(path) ?? kindOfContent(content), digest: hash.digest(), content };
}

/**
 * A tar, packed or not, by two passes: the first lists, the second reads.
 * @returns null where it holds CIFAR-10's batches, which need no list
 * @throws as tarEntries does; when the file is no tar
 */
export async function tarTree(
  source: Pick<ByteSource, 'name' | 'stream'>,
  again: () => ReadableStream<Bytes>,
): Promise<Tree | null> {
  const { name } = source;
  const { whole } = await openStream(source.stream(), name);
  const files: ListedFile[] = [];
  const lists = new Map<string, Bytes>();
  const byPath = new Map<string, number>();
  /** The places of the links to each file. */
  const links = new Map<number, number[]>();
  for await (const entry of tarEntries(whole, name)) {
    const { path, link } = entry;
    const place = files.length;
    if (link) {
      const target = link.kind === 'hard' ? byPath.get(link.to) : undefined;
      const linked = target === undefined ? undefined : files[target];
      files.push(linked ? { ...linked, path } : { path, size: 0, kind: 'link' });
      if (target !== undefined) links.set(target, [...(links.get(target) ?? []), place]);
      continue;
    }
    byPath.set(path, place);
    if (isLitter(path) || (kindOfName(path) === 'other' && !isLabelList(path))) {
      files.push({ path, size: entry.size, kind: 'other' });
      continue;
    }
    if (cifarFile(path) && !files.some(({ kind }) => kind === 'picture')) return null;
    const { content, ...file } = await look(entry);
    files.push(file);
    if (isLabelList(path)) lists.set(path, content);
  }
  return {
    files,
    labels: labelsOf(lists, files),
    streams: true,
    async *contents(isWanted) {
      let next = 0;
      const { whole: second } = await openStream(again(), name);
      for await (const entry of tarEntries(second, name)) {
        const place = next++;
        if (entry.link) continue;
        const wanted = [place, ...(links.get(place) ?? [])].filter(isWanted);
        if (wanted.length === 0) continue;
        const content = await entry.read();
        for (const each of wanted) yield { place: each, read: async () => content };
      }
    },
  };
}
