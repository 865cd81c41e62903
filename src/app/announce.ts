/** What a screen reader is told as it happens: a result, an epoch. One region on the page says it; see LiveRegion. */

type Listener = (text: string) => void;

const listeners = new Set<Listener>();

/** Says one sentence aloud, politely: after what is being read. The same sentence twice is said twice. */
export function announce(text: string): void {
  for (const listener of listeners) listener(text);
}

/** @returns the way to stop listening */
export function onAnnouncement(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
