/** The part of a session that is about a person's own classes, checked: a session may come from anybody. */
import { WORDS } from '../words/words.ts';

const words = WORDS.files;

/** Photos of one class, each a JPEG in base64. */
export type SavedPhotos = {
  readonly name: string;
  readonly train: readonly string[];
  readonly test: readonly string[];
};

export type SavedClasses = {
  /** The head and the names, as the lab writes them, in base64. */
  readonly network: string;
  /** null: nobody asked for them. */
  readonly photos: readonly SavedPhotos[] | null;
};

const isBase64 = (value: unknown): value is string => typeof value === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(value);

function parsePhotos(value: unknown): SavedPhotos {
  const { name, train, test } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof name === 'string' && Array.isArray(train) && Array.isArray(test))
    if ([...(train as unknown[]), ...(test as unknown[])].every(isBase64))
      return { name, train: train as string[], test: test as string[] };
  throw new TypeError(words.damagedPhotos);
}

/** Sessions without own classes have none. @throws TypeError with a sentence */
export function parseClasses(value: unknown): SavedClasses | null {
  if (value === undefined || value === null) return null;
  const { network, photos } = value as Readonly<Record<string, unknown>>;
  if (!isBase64(network) || network === '') throw new TypeError(words.damagedNetwork);
  if (photos !== null && !Array.isArray(photos)) throw new TypeError(words.damagedPhotos);
  return { network, photos: photos === null ? null : (photos as unknown[]).map(parsePhotos) };
}
