/** What a screen reader is told as it happens: a result, an epoch. One region on the page says it; see LiveRegion. */

type Listener = (text: string) => void;

const listeners = new Set<Listener>();
let sentences: string[] = [];

/** Says one sentence aloud, politely: after what is being read. What comes at once is said together; the same sentence twice is said twice. */
export function announce(text: string): void {
  if (sentences.push(text) > 1) return;
  queueMicrotask(() => {
    const said = sentences.join(' ');
    sentences = [];
    for (const listener of listeners) listener(said);
  });
}

/** @returns the way to stop listening */
export function onAnnouncement(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
