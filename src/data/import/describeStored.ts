/** What a store holds of a set, in its manifest's words. */
import { plural, pluralOf } from '../../base/text/plural.ts';
import { addContent, contentHex, emptyContent } from '../store/content.ts';
import type { ImageManifest, ImageStore, ShardIndex } from '../store/imageStore.ts';
import { inLabelOrder } from './folder.ts';
import { emptyClasses, REASON_WORDS } from '../layout/summary.ts';
import type { Layout, LeftOut } from '../layout/types.ts';

/** Images by class, in the order of `classes`. */
function countByClass(indexes: readonly ShardIndex[], classes: readonly string[]): number[] {
  const counts = classes.map(() => 0);
  for (const index of indexes) for (const label of index.labels) counts[classes.indexOf(index.classes[label])]++;
  return counts;
}

function contentOf(indexes: readonly ShardIndex[]): string {
  const sum = emptyContent();
  for (const index of indexes) addContent(sum, index.content);
  return contentHex(sum);
}

export const sumOf = (indexes: readonly ShardIndex[], value: (index: ShardIndex) => number): number =>
  indexes.reduce((sum, index) => sum + value(index), 0);

/** The classes in their published order, else by name. */
function classesOf(indexes: readonly ShardIndex[], known: readonly string[]): string[] {
  const found = [...new Set(indexes.flatMap(({ classes }) => classes))];
  return found.every((name) => known.includes(name))
    ? known.filter((name) => found.includes(name))
    : inLabelOrder(found);
}

export async function describeStored(
  store: ImageStore,
  manifest: ImageManifest,
  known: readonly string[],
): Promise<ImageManifest> {
  const [train, test] = [await store.indexes(manifest.name, 'train'), await store.indexes(manifest.name, 'test')];
  const classes = classesOf([...train, ...test], known);
  return {
    ...manifest,
    classes,
    images: { train: sumOf(train, ({ count }) => count), test: sumOf(test, ({ count }) => count) },
    counts: { train: countByClass(train, classes), test: countByClass(test, classes) },
    content: { train: contentOf(train), test: contentOf(test) },
    storedBytes: sumOf([...train, ...test], ({ offsets, count }) => offsets[count]),
  };
}

/** What is to be said of a set before anything is measured on it. */
export function described(
  { classes, counts }: ImageManifest,
  layout: Layout | null,
  unreadable: readonly LeftOut[],
  numbered: readonly string[],
): Pick<ImageManifest, 'leftOut' | 'warnings' | 'notes' | 'reading' | 'readings'> {
  const rows = classes.map((name, i) => ({ name, train: counts.train[i], test: counts.test[i] }));
  const unread = unreadable.map(
    ({ reason, count, examples }) =>
      `${plural(count, 'picture')} ${pluralOf(count, 'is', 'are')} left out: ${REASON_WORDS[reason]} (${examples[0]}, …).`,
  );
  const absent = numbered.filter((name) => !classes.includes(name));
  const unseen =
    absent.length > 0
      ? [
          `The files number ${plural(numbered.length, 'class', 'classes')}, and ${absent.length} of them ${pluralOf(absent.length, 'has', 'have')} no images: ${absent.slice(0, 5).join(', ')}${absent.length > 5 ? ', …' : ''}. ${absent.length === 1 ? 'It is no class' : 'They are no classes'} here.`,
        ]
      : [];
  return {
    leftOut: [...(layout?.leftOut ?? []), ...unreadable],
    warnings: [...new Set([...(layout?.warnings ?? []), ...emptyClasses(rows), ...unseen, ...unread])],
    notes: layout?.notes ?? [],
    ...(layout ? { reading: layout.reading.id, readings: layout.readings } : {}),
  };
}
