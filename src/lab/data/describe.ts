/** A set in the words that the page and the twin show before anything is measured. */
import type { DatasetDescription } from '../../contract/calls/data.ts';
import type { Layout, LeftOut } from '../../data/layout/types.ts';
import type { ImageManifest } from '../../data/store/imageStore.ts';

const byReason = <T>(leftOut: readonly LeftOut[], value: (row: LeftOut) => T): Readonly<Record<string, T>> =>
  Object.fromEntries(leftOut.map((row) => [row.reason, value(row)]));

export const describeLayout = ({
  classes,
  leftOut,
  warnings,
  notes,
  reading,
  readings,
  ambiguous,
}: Layout): DatasetDescription => ({
  classes,
  leftOut: byReason(leftOut, ({ count }) => count),
  examples: byReason(leftOut, ({ examples }) => examples),
  warnings,
  notes,
  reading: reading.id,
  readings,
  ambiguous,
});

export function describeManifest(manifest: ImageManifest): DatasetDescription {
  const { classes, counts, leftOut = [], warnings = [], notes = [], reading, readings = [] } = manifest;
  return {
    classes: classes.map((name, i) => ({ name, train: counts.train[i], test: counts.test[i] })),
    leftOut: byReason(leftOut, ({ count }) => count),
    examples: byReason(leftOut, ({ examples }) => examples),
    warnings,
    notes,
    ...(reading === undefined ? {} : { reading }),
    readings,
    ambiguous: false,
  };
}
