import { expect, test } from 'vitest';
import { tar as pack } from '../testing/archives.ts';
import { tarEntries } from './tar.ts';

function streamOf(bytes: Uint8Array<ArrayBuffer>, piece: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + piece));
      at += piece;
    },
  });
}

test.each([1000, 65_536])('files may be passed over and later ones read, in pieces of %i bytes', async (piece) => {
  const files = Object.fromEntries(
    Array.from({ length: 300 }, (_, i) => [`val/${i}.bin`, new Uint8Array(30_000 + 7 * i).fill(i % 251)]),
  );
  const archive = await pack(files);
  const read: string[] = [];
  for await (const entry of tarEntries(streamOf(archive, piece), 'photos.tar')) {
    if (Number(/\d+/.exec(entry.path)?.[0]) < 250) continue;
    const bytes = await entry.read();
    expect(bytes.length === files[entry.path].length && bytes.every((byte, i) => byte === files[entry.path][i])).toBe(
      true,
    );
    read.push(entry.path);
  }
  expect(read).toHaveLength(50);
});
