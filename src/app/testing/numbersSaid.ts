/** Reads every number that the page says of a run, wherever it says it, so that a test can find two that contradict each other. */
import { kilobytes, milliseconds, percent } from '../text/format.ts';

/** What a number is of ("top1 4 modern"), each value that was read, and the places that say it. */
export type Said = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

const WRITTEN = { top1: percent, size: kilobytes, time: milliseconds } as const;
type Kind = keyof typeof WRITTEN;

/** As people read it: "1,087 kB" and "84.0%" are the numbers they stand for. */
function numberIn(kind: Kind, text: string): number | null {
  const found = { top1: /([\d.]+)%/, size: /([\d.,]+) kB/, time: /([\d.]+) ms/ }[kind].exec(text)?.[1];
  return found === undefined ? null : Number(found.replaceAll(',', '')) * { top1: 0.01, size: 1000, time: 1 }[kind];
}

const clean = (name: string): string => name.replace(/ recorded$/, '').trim();
const bitsOf = (text: string): string => /^\d+/.exec(text)?.[0] ?? '';

/** @param page as it stands: what is not shown is not read */
export function numbersSaid(page: ParentNode): Said {
  const said = new Map<string, Map<string, string[]>>();
  function say(kind: Kind, of: string, where: string, value: number | null): void {
    if (value === null || Number.isNaN(value)) return;
    const values = said.get(`${kind} ${of}`) ?? new Map<string, string[]>();
    said.set(`${kind} ${of}`, values);
    const written = WRITTEN[kind](value);
    values.set(written, [...(values.get(written) ?? []), where]);
  }
  const read = (kind: Kind, of: string, where: string, text: string | null | undefined): void =>
    say(kind, of, where, numberIn(kind, text ?? ''));
  /** A table's cell has its number in full beside what is read. */
  function cell(kind: Kind, of: string, where: string, found: Element | undefined): void {
    const data = found?.querySelector('data');
    if (!data?.getAttribute('value')) return;
    say(kind, of, where, Number(data.getAttribute('value')));
    read(kind, of, `${where}, in words`, data.textContent);
  }
  const one = (selector: string): Element | null => page.querySelector(selector);
  const rowsOf = (selector: string): readonly (readonly Element[])[] =>
    [...page.querySelectorAll(`${selector} tbody tr`)].map((row) => [...row.querySelectorAll('th, td')]);
  const textOf = (found: Element | undefined): string => found?.textContent ?? '';

  for (const row of page.querySelectorAll('section.results tbody tr')) {
    const [bits, name, top1, , , size, , time] = row.querySelectorAll('th, td');
    // 32-bit float is of no scheme.
    const of = row.className === 'float32' ? '32' : `${bitsOf(textOf(bits))} ${clean(textOf(name))}`;
    for (const each of row.getAttribute('aria-current') ? [of, 'chosen'] : [of]) {
      cell('top1', each, 'table', top1);
      cell('size', each, 'table', size);
      cell('time', each, 'table', time);
    }
  }
  for (const [kind, chart] of [
    ['top1', 'accuracy'],
    ['size', 'size'],
    ['time', 'time'],
  ] as const)
    for (const [bits, name, value] of rowsOf(`[data-testid="chart-${chart}"]`)) {
      const width = bitsOf(textOf(bits));
      const full = value?.querySelector('data')?.getAttribute('value');
      say(
        kind,
        width === '32' ? '32' : `${width} ${clean(textOf(name))}`,
        `chart of ${chart}`,
        full ? Number(full) : null,
      );
    }
  for (const [run, , bits, top1, , , , size, time] of rowsOf('[data-testid="chart-bill"]')) {
    const of = textOf(bits) === '32' ? '32' : `${textOf(bits)} ${/\((.*)\)$/.exec(textOf(run))?.[1] ?? ''}`;
    cell('top1', of, 'bill', top1);
    cell('size', of, 'bill', size);
    cell('time', of, 'bill', time);
  }
  for (const kind of ['top1', 'size'] as const) {
    read(kind, 'chosen', 'dock', one(`[data-testid="readout-${kind}"]`)?.textContent);
    read(kind, '32', 'dock', one(`.readouts .${kind} .float32`)?.textContent);
  }
  const headline = one('[data-testid="headline"]')?.textContent ?? '';
  read('top1', 'chosen', 'headline', /^At \d bits the network recognises ([\d.]+%)/.exec(headline)?.[1]);
  const cards = [...page.querySelectorAll('dl.numbers > div')];
  for (const [place, kind] of (['top1', 'size', 'time'] as const).entries()) {
    read(kind, 'chosen', 'card', cards[place]?.querySelector('.big')?.textContent);
    read(
      kind,
      kind === 'time' ? '32 beside the chosen' : '32',
      'card',
      cards[place]?.querySelector('.float32')?.textContent,
    );
  }
  const sentence = (chart: string): string => one(`[data-testid="chart-${chart}"] .finding`)?.textContent ?? '';
  read('size', 'chosen', 'sentence', /take ([\d.,]+ kB)/.exec(sentence('size'))?.[1]);
  read('time', 'chosen', 'sentence', /takes ([\d.]+ ms)/.exec(sentence('time'))?.[1]);
  read('time', '32 beside the chosen', 'sentence', /at 32 bits ([\d.]+ ms)/.exec(sentence('time'))?.[1]);
  read('top1', 'chosen', 'path', one('.story li[aria-current="step"] strong')?.textContent);
  return said;
}

/** What the page says twice and not alike, each with the places that say it. */
export const contradictionsIn = (page: ParentNode): readonly string[] =>
  [...numbersSaid(page)].flatMap(([of, values]) =>
    values.size > 1
      ? [`${of}: ${[...values].map(([value, where]) => `${value} (${where.join(', ')})`).join(' but ')}`]
      : [],
  );

/** How many test images the sentences speak of; a preview, which says that it is one, apart. */
export function imagesSaid(page: ParentNode): ReadonlySet<string> {
  const main = page.querySelector('main');
  const titles = [...page.querySelectorAll('main [title]')].map((each) => each.getAttribute('title') ?? '');
  const found = [main?.textContent ?? '', ...titles].flatMap((each) =>
    [...each.matchAll(/(?:of|on) ([\d,]+) test images/g)].map(([, count]) => count),
  );
  const preview = page.querySelector('[data-testid="preview"]')?.textContent ?? '';
  return new Set(found.filter((count) => !preview.includes(`${count} test images`)));
}
