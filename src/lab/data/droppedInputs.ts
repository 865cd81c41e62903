/** What was dropped, files and folders together, as inputs of one import. */
import { blobSource } from '../../data/import/byteSource.ts';
import { splitOfFile } from '../../data/import/folder.ts';
import { HEAD_BYTES, recognise } from '../../data/import/recognise.ts';
import type { FileKind } from '../../data/import/recognise.ts';
import type { ImportInput } from '../../data/import/sample.ts';
import { isLitter, kindOfName } from '../../data/layout/names.ts';
import type { DroppedFile } from '../../contract/calls/data.ts';

const kindOf = async ({ file }: DroppedFile): Promise<FileKind> =>
  recognise(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()));

const ARCHIVES: readonly FileKind[] = ['zip', 'tar', 'gzip', 'parquet'];

const isParquet = ({ path }: DroppedFile): boolean => /\.parquet$/i.test(path);

const asFile = ({ path, file }: DroppedFile): ImportInput => ({
  kind: 'file',
  source: blobSource(file, file.name, file.lastModified),
  split: splitOfFile(path),
});

/**
 * One file is that file. Of several, parquet files and archives that were dropped themselves are each an input, and the
 * rest are one folder.
 * @throws when nothing was dropped
 */
export async function droppedInputs(dropped: readonly DroppedFile[]): Promise<ImportInput[]> {
  const files = dropped.length > 1 ? dropped.filter(({ path }) => !isLitter(path)) : dropped;
  if (files.length === 0)
    throw new Error('Nothing was dropped. Drop an archive, a parquet file or a folder of photos.');
  if (files.length === 1 && !files[0].path.includes('/')) return files.map(asFile);
  const alone = new Set<DroppedFile>();
  for (const each of files)
    if (isParquet(each) || (!each.path.includes('/') && kindOfName(each.path) !== 'picture'))
      if (ARCHIVES.includes(await kindOf(each))) alone.add(each);
  const rest = files.filter((each) => !alone.has(each));
  const hasPictures = rest.some(({ path }) => kindOfName(path) === 'picture' || kindOfName(path) === null);
  const inputs = files.filter((each) => alone.has(each)).map(asFile);
  if (inputs.length > 0 && !hasPictures) return inputs;
  const tops = new Set(rest.map(({ path }) => path.split('/')[0]));
  const [first] = tops;
  const name = tops.size === 1 ? first : `${first} and ${tops.size - 1} more`;
  return [...inputs, { kind: 'folder', name, files: rest.map(({ path, file }) => ({ path, blob: file })) }];
}
