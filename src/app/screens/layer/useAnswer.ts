/**
 * One question of a screen to the lab. It is asked once, cancelled when the screen asks another, and its answer is
 * kept.
 */
import { useCallback, useEffect, useState } from 'react';
import type { CallKind, Calls } from '../../../contract/calls/calls.ts';
import type { Lab } from '../../../lab/rpc/client.ts';
import type { Progress } from '../../../contract/progress.ts';

export type Answer<T> = {
  /** The answer to exactly this question; null: none yet. */
  readonly result: T | null;
  /** The answer to this question, or else to the last one that was answered: it names the settings that made it. */
  readonly shown: T | null;
  readonly progress: Progress | null;
  readonly failure: string | null;
  readonly retry: () => void;
};

/** Answers that are kept for each lab, so that a screen that is left and opened again is as it was. */
const KEPT = 24;
const ANSWERS = new WeakMap<Lab, Map<string, unknown>>();

function answersOf(lab: Lab): Map<string, unknown> {
  const known = ANSWERS.get(lab) ?? new Map<string, unknown>();
  ANSWERS.set(lab, known);
  return known;
}

function remember(lab: Lab, key: string, result: unknown): void {
  const known = answersOf(lab);
  known.set(key, result);
  const [oldest] = known.keys();
  if (known.size > KEPT) known.delete(oldest);
}

type Event = {
  readonly key: string;
  readonly progress?: Progress;
  readonly failure?: string;
  readonly result?: unknown;
};

/**
 * @param args JSON-serializable; null: nothing is known to ask yet
 * @param asking false: only what is remembered is answered
 */
export function useAnswer<K extends CallKind>(
  lab: Lab,
  kind: K,
  args: Calls[K]['args'] | null,
  asking = true,
): Answer<Calls[K]['result']> {
  const key = args && JSON.stringify([kind, args]);
  const [event, setEvent] = useState<Event | null>(null);
  const [landed, setLanded] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    if (key === null || !asking || answersOf(lab).has(key)) return;
    const controller = new AbortController();
    const { signal } = controller;
    const [asked, given] = JSON.parse(key) as [CallKind, Calls[CallKind]['args']];
    const tell = (next: Omit<Event, 'key'>): void => {
      if (!signal.aborted) setEvent({ key, ...next });
    };
    lab.call(asked, given, { signal, onProgress: (progress) => tell({ progress }) }).then(
      (result) => {
        remember(lab, key, result);
        tell({ result });
        if (!signal.aborted) setLanded(result);
      },
      (error: unknown) => tell({ failure: error instanceof Error ? error.message : String(error) }),
    );
    return () => controller.abort();
  }, [lab, key, asking, attempt]);

  const mine = event?.key === key ? event : null;
  const result = (key === null ? null : (answersOf(lab).get(key) ?? mine?.result ?? null)) as Calls[K]['result'] | null;
  const retry = useCallback(() => {
    setEvent(null);
    setAttempt((n) => n + 1);
  }, []);
  return {
    result,
    shown: result ?? (landed as Calls[K]['result'] | null),
    progress: asking && result === null ? (mine?.progress ?? null) : null,
    failure: result === null ? (mine?.failure ?? null) : null,
    retry,
  };
}
