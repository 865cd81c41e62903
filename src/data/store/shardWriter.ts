/** Packs images into shards of 4 to 8 MiB, each stored in a transaction of its own while the next one fills. */
import { sha256 } from '../bytes/fingerprint.ts';
import type { SplitName } from '../import/folder.ts';
import type { Bytes } from '../types.ts';
import { addContent, emptyContent, imageContent } from './content.ts';
import { ENCODING } from './imageStore.ts';
import type { ImageStore, Shard } from './imageStore.ts';

/** A shard is closed when it has this much. No image is larger, so a shard never has more than twice of it. */
export const SHARD_BYTES = 4 * 1024 * 1024;

/** An image as it is kept: pixels [height, width, 3], or the file that decodes to them. */
export type KeptImage = {
  readonly className: string;
  readonly height: number;
  readonly width: number;
  readonly encoding: keyof typeof ENCODING;
  readonly bytes: Bytes;
};

async function pack(images: readonly KeptImage[]): Promise<Shard> {
  const classes = [...new Set(images.map(({ className }) => className))];
  const offsets = new Int32Array(images.length + 1);
  images.forEach(({ bytes }, i) => (offsets[i + 1] = offsets[i] + bytes.length));
  const whole = new Uint8Array(offsets[images.length]);
  const content = emptyContent();
  images.forEach(({ className, bytes }, i) => {
    whole.set(bytes, offsets[i]);
    addContent(content, imageContent(className, bytes));
  });
  const index = {
    count: images.length,
    sha256: await sha256(whole),
    classes,
    labels: Int32Array.from(images, ({ className }) => classes.indexOf(className)),
    offsets,
    heights: Int32Array.from(images, ({ height }) => height),
    widths: Int32Array.from(images, ({ width }) => width),
    encodings: Uint8Array.from(images, ({ encoding }) => ENCODING[encoding]),
    content,
  };
  return { index, bytes: whole };
}

export type ShardWriter = {
  /** Takes the next image; resolves when there is room for one more. */
  readonly add: (image: KeptImage) => Promise<void>;
  /** Stores what is left. */
  readonly flush: () => Promise<void>;
  /** Waits for the write under way, whatever becomes of it. */
  readonly settle: () => Promise<void>;
};

/**
 * @param put where shards go
 * @param stored shards that are there already
 */
export function createShardWriter(
  put: ImageStore['putShard'],
  name: string,
  split: SplitName,
  stored: number,
): ShardWriter {
  let waiting: KeptImage[] = [];
  let bytes = 0;
  let place = stored;
  let writing: Promise<void> = Promise.resolve();

  const store = async (): Promise<void> => {
    const images = waiting;
    [waiting, bytes] = [[], 0];
    await writing;
    const next = place++;
    writing = pack(images).then((shard) => put(name, split, next, shard));
    // Reported by whoever waits for it next; until then it must not count as unhandled.
    writing.catch(() => undefined);
  };

  return {
    add: async (image) => {
      waiting.push(image);
      bytes += image.bytes.length;
      if (bytes >= SHARD_BYTES) await store();
    },
    flush: async () => {
      if (waiting.length > 0) await store();
      await writing;
    },
    settle: () => writing.catch(() => undefined),
  };
}
