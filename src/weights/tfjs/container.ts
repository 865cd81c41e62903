/** The files of a TensorFlow.js layers model as one: what is kept of a model that comes in several files. */
import { joinBytes } from '../../base/bytes/joinBytes.ts';
import { plainText } from '../../base/plainText.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** model.json, the shards that its manifest names, and what Teachable Machine writes beside them. */
export type TfjsFiles = {
  readonly model: Bytes;
  /** By the path that the manifest has for each. */
  readonly shards: ReadonlyMap<string, Bytes>;
  /** metadata.json; null: there is none. */
  readonly metadata: Bytes | null;
  /** How its user says that its input is scaled, by a name that whoever keeps it knows; null: nobody said. */
  readonly chosen: string | null;
};

/** No other format begins so. */
const MAGIC = 'fewbit tfjs layers model 1\n';
const MOST_HEAD = 1 << 20;

type Head = {
  readonly model: number;
  readonly metadata: number | null;
  readonly chosen: string | null;
  readonly shards: readonly (readonly [path: string, bytes: number])[];
};

/** @param head the first bytes of a file, 64 are enough */
export const isTfjsContainer = (head: Uint8Array): boolean =>
  head.length > MAGIC.length && String.fromCharCode(...head.subarray(0, MAGIC.length)) === MAGIC;

/** One file of the bytes of all: MAGIC, the length of a head (uint32, little-endian), the head in JSON, the files. */
export function packTfjs({ model, shards, metadata, chosen }: TfjsFiles): Bytes {
  const head: Head = {
    model: model.length,
    metadata: metadata?.length ?? null,
    chosen,
    shards: [...shards].map(([path, bytes]) => [path, bytes.length]),
  };
  const text = new TextEncoder().encode(JSON.stringify(head));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, text.length, true);
  return joinBytes([
    new TextEncoder().encode(MAGIC),
    length,
    text,
    model,
    ...(metadata ? [metadata] : []),
    ...shards.values(),
  ]);
}

/** @throws Error naming the file where it is cut short or its head says sizes that it has not */
export function unpackTfjs(bytes: Bytes, fileName: string): TfjsFiles {
  const damaged = (): Error => new Error(`${fileName} is damaged or cut short: bring the model's files again.`);
  const start = MAGIC.length + 4;
  if (!isTfjsContainer(bytes) || bytes.length < start) throw damaged();
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true);
  if (length > MOST_HEAD || start + length > bytes.length) throw damaged();
  const head = headOf(bytes.subarray(start, start + length));
  if (!head) throw damaged();
  let at = start + length;
  const take = (size: number): Bytes => {
    if (!Number.isSafeInteger(size) || size < 0 || at + size > bytes.length) throw damaged();
    at += size;
    return bytes.subarray(at - size, at);
  };
  const model = take(head.model);
  const metadata = head.metadata === null ? null : take(head.metadata);
  const shards = new Map(head.shards.map(([path, size]) => [path, take(size)] as const));
  if (at !== bytes.length || shards.size !== head.shards.length) throw damaged();
  return { model, metadata, shards, chosen: head.chosen };
}

function headOf(text: Uint8Array): Head | null {
  let head: unknown;
  try {
    head = JSON.parse(new TextDecoder().decode(text));
  } catch {
    return null;
  }
  if (typeof head !== 'object' || head === null) return null;
  const { model, metadata, chosen, shards } = head as Record<keyof Head, unknown>;
  const isShard = (each: unknown): each is readonly [string, number] =>
    Array.isArray(each) && each.length === 2 && typeof each[0] === 'string' && typeof each[1] === 'number';
  if (typeof model !== 'number' || (metadata !== null && typeof metadata !== 'number')) return null;
  if (chosen !== null && typeof chosen !== 'string') return null;
  if (!Array.isArray(shards) || !shards.every(isShard)) return null;
  return { model, metadata, chosen: chosen === null ? null : plainText(chosen), shards };
}
