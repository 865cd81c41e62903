/** The photos on the screen, and what the lab says of them: asked again whenever they or the bitwidths change. */
import { useEffect, useState } from 'react';
import type { Lab } from '../../../lab/rpc/client.ts';
import type { Classified, Photo } from '../../../contract/calls/race.ts';
import type { RunSettings } from '../../../contract/run.ts';
import type { Progress } from '../../../contract/progress.ts';

export type Classification = {
  /** The answer to what is asked now, or the one before it. */
  readonly result: Classified | null;
  readonly progress: Progress | null;
  readonly failure: string | null;
  readonly retry: () => void;
};

type Outcome = {
  readonly question: string;
  readonly result?: Classified;
  readonly failure?: string;
  readonly progress?: Progress;
};

/** @param settings one for each bitwidth; equal ones must be the same in JSON */
export function useClassification(
  lab: Lab,
  photos: readonly Photo[],
  settings: readonly RunSettings[],
): Classification {
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [answered, setAnswered] = useState<Classified | null>(null);
  const [attempt, setAttempt] = useState(0);
  const asked = JSON.stringify(settings);
  const nothing = photos.length === 0 || settings.length === 0;

  useEffect(() => {
    if (nothing) return;
    const controller = new AbortController();
    const { signal } = controller;
    const tell = (next: Omit<Outcome, 'question'>): void => {
      if (!signal.aborted) setOutcome({ question: asked, ...next });
    };
    lab
      .call(
        'classify',
        { photos, settings: JSON.parse(asked) as RunSettings[] },
        { signal, onProgress: (progress) => tell({ progress }) },
      )
      .then(
        (result) => {
          tell({ result });
          if (!signal.aborted) setAnswered(result);
        },
        (error: unknown) => tell({ failure: error instanceof Error ? error.message : String(error) }),
      );
    return () => controller.abort();
  }, [lab, photos, asked, nothing, attempt]);

  return {
    result: nothing ? null : answered,
    progress: outcome?.progress ?? null,
    failure: nothing ? null : (outcome?.failure ?? null),
    retry: () => setAttempt((n) => n + 1),
  };
}

/** Photos as bytes, in the order in which they were given. */
export const readPhotos = (files: readonly File[]): Promise<Photo[]> =>
  Promise.all(files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
