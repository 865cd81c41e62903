/** A text whose technical words say what they mean, on a tap or on focus. */
import { entryOf, piecesOf } from './entry.ts';
import { hideMeaning, meaning, MEANING_ID, showMeaning } from './meaning.ts';
import { useStore } from '../store/useStore.ts';
import { WORDS } from '../words/words.ts';
import type { Entry } from '../words/glossary.ts';

/** @param known words that are explained nearby already, as piecesOf takes them */
export function Explained({ children, known }: { readonly children: string; readonly known?: ReadonlySet<Entry> }) {
  return piecesOf(children, new Set(known)).map(({ text, entry }, i) =>
    entry ? <Word key={i} entry={entry} text={text} /> : text,
  );
}

/** One word that the glossary has. @throws when it has it not */
export function Term({ children }: { readonly children: string }) {
  const entry = entryOf(children);
  if (!entry) throw new Error(WORDS.glossary.unknown(children));
  return <Word entry={entry} text={children} />;
}

/** A span, not a button: a button is set as one piece, and what follows it (a comma, an ’s) would go to the next line. */
function Word({ entry, text }: { readonly entry: Entry; readonly text: string }) {
  const { shown } = useStore(meaning);
  const open = shown?.entry === entry;
  return (
    <span
      role="button"
      tabIndex={0}
      className="term"
      aria-describedby={open ? MEANING_ID : undefined}
      onClick={({ currentTarget }) => showMeaning(entry, currentTarget)}
      onFocus={({ currentTarget }) => showMeaning(entry, currentTarget)}
      onBlur={({ currentTarget }) => hideMeaning(currentTarget)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') hideMeaning(event.currentTarget);
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        showMeaning(entry, event.currentTarget);
      }}
    >
      {text}
    </span>
  );
}
