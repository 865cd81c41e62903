/** A file's stream, unpacked as far as its first bytes say: what it is, and what is in it. */
import { gunzipped } from '../archives/tar.ts';
import type { Bytes } from '../types.ts';
import { HEAD_BYTES, isOtherArchive, isOtherPicture, isPictureFormat, recognise } from '../import/recognise.ts';
import type { FileKind } from '../import/recognise.ts';

export type OpenedStream = {
  readonly kind: FileKind;
  readonly head: Bytes;
  readonly whole: ReadableStream<Bytes>;
};

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

/** Through as many layers of gzip as there are. @param name of the file, for the errors */
export async function openStream(stream: ReadableStream<Bytes>, name: string): Promise<OpenedStream> {
  const { head, whole } = await peek(stream);
  const kind = recognise(head);
  return kind === 'gzip' ? openStream(gunzipped(whole, name), name) : { kind, head, whole };
}

const READS = 'Fewbit reads tar, tar.gz, zip and parquet, and folders of pictures: drop one of these.';

/** Why a file is no set of images, and what to do. */
export function notASet(name: string, kind: FileKind, length: number): Error {
  if (length === 0) return new Error(`${name} is empty: get the file again. ${READS}`);
  if (kind === 'web page')
    return new Error(
      `${name} is a web page, not the dataset. The address may be wrong, or a login page stands before it. Open it in the browser, save the file itself, and drop that.`,
    );
  if (isOtherArchive(kind))
    return new Error(`${name} is an archive in ${kind}, which is not unpacked here. Unpack it and drop the folder.`);
  if (isPictureFormat(kind) || isOtherPicture(kind))
    return new Error(
      `${name} is one picture. A set needs the pictures of each class in a folder of its own: drop the folder above them.`,
    );
  return new Error(`${name} is no archive that Fewbit knows (it looks like: ${kind}). ${READS}`);
}
