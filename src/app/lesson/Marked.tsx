/** A sentence of the lesson: names of controls and questions stand out, formulas are set as code. */
const PARTS = /(\*[^*]+\*|`[^`]+`)/;

export function Marked({ children }: { readonly children: string }) {
  return children.split(PARTS).map((part, i) => {
    if (part.startsWith('*')) return <em key={i}>{part.slice(1, -1)}</em>;
    return part.startsWith('`') ? <code key={i}>{part.slice(1, -1)}</code> : part;
  });
}
