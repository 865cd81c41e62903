/** The photos on the screen, and what the lab says of each: kept as it comes, asked only where it is not known yet. */
import type { Lab } from '../../../lab/rpc/client.ts';
import type { Answer, Classified, ClassifyProgress, Photo } from '../../../contract/calls/race.ts';
import type { RunSettings } from '../../../contract/run.ts';
import type { Progress } from '../../../contract/progress.ts';
import { createStore, type Readable } from '../../store/store.ts';

/** Its time is null until all have answered and are timed in turn. */
export type PhotoAnswer = Omit<Answer, 'ms'> & { readonly ms: number | null };

/** What is known of one photo. */
export type PhotoNote = {
  /** What the network sees; null: not read yet. */
  readonly seen: NonNullable<ClassifyProgress['seen']> | null;
  /** Why it is none; null: it is one, as far as is known. */
  readonly refused: string | null;
  /** By the settings in JSON. */
  readonly answers: ReadonlyMap<string, PhotoAnswer>;
};

export type PhotoState = {
  readonly notes: ReadonlyMap<Photo, PhotoNote>;
  readonly progress: Progress | null;
  readonly failure: string | null;
  /** Threads of the last answers. */
  readonly threads: number | null;
};

export type PhotoStore = Readable<PhotoState> & {
  /** Asks for what is not known of these photos by these settings, and for nothing else any more. */
  readonly want: (photos: readonly Photo[], settings: readonly RunSettings[]) => void;
};

export const NOTHING_KNOWN: PhotoNote = { seen: null, refused: null, answers: new Map() };

/** Whether a photo has every answer and its time, or never will. */
export const isDone = ({ refused, answers }: PhotoNote, keys: readonly string[]): boolean =>
  refused !== null || keys.every((key) => typeof answers.get(key)?.ms === 'number');

export const keyOfSettings = (settings: RunSettings): string => JSON.stringify(settings);

export function createPhotoStore(lab: Lab): PhotoStore {
  const { getState, subscribe, set } = createStore<PhotoState>({
    notes: new Map(),
    progress: null,
    failure: null,
    threads: null,
  });
  /** What the photos are shown to: another network or size sees other pixels. */
  let subject = '';
  let asking: {
    readonly photos: readonly Photo[];
    readonly keys: string;
    readonly controller: AbortController;
  } | null = null;

  const noteOf = (photo: Photo): PhotoNote => getState().notes.get(photo) ?? NOTHING_KNOWN;

  const note = (photo: Photo, change: Partial<PhotoNote>): void =>
    set({ ...getState(), notes: new Map(getState().notes).set(photo, { ...noteOf(photo), ...change }) });

  const answer = (photo: Photo, key: string, given: PhotoAnswer): void =>
    note(photo, { answers: new Map(noteOf(photo).answers).set(key, given) });

  async function ask(photos: readonly Photo[], settings: readonly RunSettings[], signal: AbortSignal): Promise<void> {
    const keys = settings.map(keyOfSettings);
    const read = new Set<number>();

    function hear(progress: ClassifyProgress): void {
      if (signal.aborted) return;
      const { seen, answer: given } = progress;
      if (seen) {
        read.add(seen.photo);
        note(photos[seen.photo], { seen });
      }
      if (given) {
        const { photo, at, label, confidence } = given;
        // What was timed before is not timed away.
        const known = noteOf(photos[photo]).answers.get(keys[at]);
        if (typeof known?.ms !== 'number') answer(photos[photo], keys[at], { label, confidence, ms: null });
      }
      set({ ...getState(), progress });
    }

    function finish({ photos: classified, refused, threads }: Classified): void {
      const [answered, left] = [classified[Symbol.iterator](), refused[Symbol.iterator]()];
      for (const [index, photo] of photos.entries()) {
        if (read.has(index)) {
          const found = answered.next().value;
          found?.answers.forEach((given, at) => answer(photo, keys[at], given));
        } else note(photo, { refused: left.next().value?.reason ?? '' });
      }
      set({ ...getState(), threads, progress: null });
    }

    try {
      const classified = await lab.call('classify', { photos, settings }, { signal, onProgress: hear });
      if (!signal.aborted) finish(classified);
    } catch (error) {
      if (signal.aborted) return;
      set({ ...getState(), progress: null, failure: error instanceof Error ? error.message : String(error) });
    } finally {
      if (asking?.controller.signal === signal) asking = null;
    }
  }

  function want(photos: readonly Photo[], settings: readonly RunSettings[]): void {
    const [first] = settings;
    const shownTo = first ? JSON.stringify([first.model, first.dataset, first.side]) : subject;
    if (shownTo !== subject) {
      subject = shownTo;
      set({ ...getState(), notes: new Map() });
    }
    const keys = settings.map(keyOfSettings);
    const open = keys.length === 0 ? [] : photos.filter((photo) => !isDone(noteOf(photo), keys));
    const isAsked =
      asking?.keys === keys.join() &&
      asking.photos.length === open.length &&
      open.every((photo, at) => asking?.photos[at] === photo);
    if (isAsked) return;
    asking?.controller.abort();
    asking = null;
    set({ ...getState(), failure: null, progress: null });
    if (open.length === 0) return;
    const controller = new AbortController();
    asking = { photos: open, keys: keys.join(), controller };
    void ask(open, settings, controller.signal);
  }

  return { getState, subscribe, want };
}
