/**
 * Sentences for screen readers, said when a result or an epoch arrives. One region of the page says them:
 * LiveRegion.
 */

type Listener = (text: string) => void;

const listeners = new Set<Listener>();
let sentences: string[] = [];

/**
 * Says one sentence aloud when the screen reader has finished what it is reading. Sentences of one moment are said
 * together. A repeated sentence is said again.
 */
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
