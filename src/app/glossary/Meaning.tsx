/** The meaning of the word that was pressed or is focused: a note over the page, next to the word. */
import { useEffect, useLayoutEffect, useRef } from 'react';
import { hideMeaning, meaning, MEANING_ID } from './meaning.ts';
import { useStore } from '../store/useStore.ts';
import './glossary.css';

/** Between the word and its meaning, and to the window's edge, in pixels. */
const GAP = 6;

export function Meaning() {
  const { shown } = useStore(meaning);
  const note = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    if (!shown) return;
    const follow = (): void => {
      if (note.current) place(note.current, shown.at);
    };
    follow();
    addEventListener('scroll', follow, { passive: true });
    return () => removeEventListener('scroll', follow);
  }, [shown]);

  // A press anywhere else puts it away: where a tap does not focus a button, nothing else would.
  useEffect(() => {
    if (!shown) return;
    const press = ({ target }: Event): void => {
      const inside = target instanceof Node && (shown.at.contains(target) || note.current?.contains(target));
      if (!inside) hideMeaning();
    };
    addEventListener('pointerdown', press);
    return () => removeEventListener('pointerdown', press);
  }, [shown]);

  if (!shown) return null;
  return (
    <div ref={note} id={MEANING_ID} className="meaning" role="tooltip" data-testid="meaning">
      <strong>{shown.entry.term}</strong>: {shown.entry.meaning}.
    </div>
  );
}

/** Below the word, or above it where there is no room; never over the window's side. */
function place(note: HTMLElement, word: HTMLElement): void {
  const at = word.getBoundingClientRect();
  const { width, height } = note.getBoundingClientRect();
  const below = at.bottom + GAP;
  const top = below + height <= innerHeight ? below : Math.max(GAP, at.top - GAP - height);
  note.style.insetBlockStart = `${top}px`;
  note.style.insetInlineStart = `${Math.max(GAP, Math.min(at.left, document.documentElement.clientWidth - width - GAP))}px`;
}
