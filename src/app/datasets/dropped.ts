/** What was dropped or chosen, folders and all, as files with their paths. */
import type { DroppedFile } from '../../contract/calls/data.ts';

/** Browsers give a folder's entries in portions, the last of them empty. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (portion.length === 0) return all;
    all.push(...portion);
  }
}

async function filesOf(entry: FileSystemEntry): Promise<DroppedFile[]> {
  if (entry.isDirectory)
    return (await Promise.all((await entriesOf(entry as FileSystemDirectoryEntry)).map(filesOf))).flat();
  const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
  return [{ path: entry.fullPath.replace(/^\//, ''), file }];
}

/** Must be called while the drop is being handled: afterwards the browser forgets it. */
export function droppedFiles(transfer: DataTransfer): Promise<DroppedFile[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return Promise.all(entries.map(filesOf)).then((files) => files.flat());
}

export const chosenFiles = (files: FileList): DroppedFile[] =>
  [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));

/** An input's attributes for a folder instead of files; every browser knows it, React's types do not. */
export const FOLDER = { webkitdirectory: '' };
