/** Why bits buy time in our engine, or do not: how many products an instruction makes. Said only of what was measured. */
import type { RaceRow } from '../../contract/calls/race.ts';
import { isFewbitLane } from '../../contract/engines.ts';

/** Products of one instruction of 128 bits (see docs/engine.md); of a look-up: 16 results that stand for four products each. */
export const PRODUCTS: Readonly<Record<string, number>> = {
  float32: 4,
  int16: 8,
  int8: 16,
  int8Sum16: 16,
  lookUp: 64,
};

/** The kernel that most of a row's time went into. */
export function mainKernel({ operators }: RaceRow): string | null {
  const spent = new Map<string, number>();
  for (const { provider, ms } of operators)
    if (provider in PRODUCTS) spent.set(provider, (spent.get(provider) ?? 0) + ms);
  return [...spent].toSorted((a, b) => b[1] - a[1]).at(0)?.[0] ?? null;
}

const apart = (a: RaceRow, b: RaceRow): boolean => a.highMs < b.lowMs || b.highMs < a.lowMs;

const listed = (bits: readonly number[]): string =>
  bits.length < 2 ? bits.join() : `${bits.slice(0, -1).join(', ')} and ${bits.at(-1)}`;

/** One sentence for each kernel that the widths of a group mostly ran, against float32 in the same engine. */
export function kernelFindings(group: readonly RaceRow[]): readonly string[] {
  const float32 = group.find(({ form }) => form === 'float32');
  if (!float32 || !isFewbitLane(float32.lane)) return [];
  const widths = group.filter(({ settings }) => settings.scheme).toSorted((a, b) => b.bits - a.bits);
  const kernels = [...new Set(widths.flatMap((row) => mainKernel(row) ?? []))];
  return kernels.flatMap((kernel) => {
    const rows = widths.filter((row) => mainKernel(row) === kernel);
    const faster = rows.filter((row) => apart(row, float32) && row.medianMs < float32.medianMs);
    const rest = rows.filter((row) => !faster.includes(row));
    const work =
      kernel === 'lookUp'
        ? `one look-up stands for ${PRODUCTS[kernel]} products of one bit`
        : `one instruction makes ${PRODUCTS[kernel]} products`;
    const against = `${work}, where float32 makes ${PRODUCTS.float32}`;
    return [
      ...(faster.length > 0 ? [`${listed(faster.map(({ bits }) => bits))} bits buy time: ${against}.`] : []),
      ...(rest.length > 0
        ? [`${listed(rest.map(({ bits }) => bits))} bits buy no time that could be measured, although ${against}.`]
        : []),
    ];
  });
}
