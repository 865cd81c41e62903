/** Labels of marks that may lie close together: each beside its mark where nothing is written yet, or not at all. */

export type Anchor = {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** Written first, so that it is surely written. */
  readonly first?: boolean;
};

export type Label = { readonly dx: number; readonly dy: number; readonly anchor: 'start' | 'middle' | 'end' };

type Rect = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };

/** Width of one character, and height of a line, in rem. */
const CHARACTER = 0.62;
const LINE = 0.95;

const isApart = (a: Rect, b: Rect): boolean =>
  a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;

/** To the right, to the left, above, below. */
const placesOf = (rem: number): readonly Label[] => [
  { dx: 0.7 * rem, dy: 0.35 * rem, anchor: 'start' },
  { dx: -0.7 * rem, dy: 0.35 * rem, anchor: 'end' },
  { dx: 0, dy: -0.7 * rem, anchor: 'middle' },
  { dx: 0, dy: 1.35 * rem, anchor: 'middle' },
];

function rectOf({ x, y, text }: Anchor, { dx, dy, anchor }: Label, rem: number): Rect {
  const width = text.length * CHARACTER * rem;
  const left = x + dx - { start: 0, middle: width / 2, end: width }[anchor];
  const bottom = y + dy + 0.15 * rem;
  return { left, right: left + width, top: bottom - LINE * rem, bottom };
}

/**
 * @param written what stands there already, and where from its anchor
 * @returns for each mark where its label stands from its middle; null: there is no room, the table has it
 */
export function placeLabels(
  anchors: readonly Anchor[],
  rem: number,
  written: readonly (Anchor & Label)[] = [],
): readonly (Label | null)[] {
  const half = 0.35 * rem;
  const marks = anchors.map(({ x, y }) => ({ left: x - half, right: x + half, top: y - half, bottom: y + half }));
  const taken: Rect[] = [...marks, ...written.map((each) => rectOf(each, each, rem))];
  const labels: (Label | null)[] = anchors.map(() => null);
  const order = anchors.map((_, at) => at).toSorted((a, b) => Number(anchors[b].first) - Number(anchors[a].first));
  for (const at of order) {
    const anchor = anchors[at];
    const places = placesOf(rem);
    const free = places.find((place) => taken.every((rect) => isApart(rect, rectOf(anchor, place, rem))));
    const label = free ?? (anchor.first ? places[0] : null);
    labels[at] = label;
    if (label) taken.push(rectOf(anchor, label, rem));
  }
  return labels;
}
