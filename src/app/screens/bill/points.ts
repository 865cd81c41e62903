/** Every run as a point of accuracy against size, and what was published in 2021 in the same two measures. */
import { PUBLISHED, PUBLISHED_SIZE_MB } from '../../../contract/grid/published2021.ts';
import { wilson95 } from '../../../contract/wilson.ts';
import { PRESET_NAMES, settingsKey } from '../../../contract/settings.ts';
import type { Bits } from '../../../quant/types.ts';
import { flips } from '../../text/flips.ts';
import { concealed } from '../../state/guess.ts';
import { chosenVariant } from '../../text/variants.ts';
import { float32For, float32Row, presetRows } from '../../state/measurements.ts';
import type { State } from '../../state/state.ts';
import type { RunSettings } from '../../../contract/run.ts';
import { pairOf } from '../../state/times.ts';
import { onChosenImages, float32Of, labelsOf, runOf } from '../../state/selectors.ts';
import type { Summary } from '../../recorded/records.ts';

export type Point = {
  readonly key: string;
  readonly run: Summary;
  readonly bits: Bits | null;
  /** Size as a share of the 32-bit network's. */
  readonly share: number;
  /** Top-1 lost to 32 bits, measured (or recorded) on the same images. */
  readonly lost: number;
  readonly low: number;
  readonly high: number;
  /** Images on which it and 32 bits differ; null where no predictions are known. */
  readonly flipped: number | null;
  /** Milliseconds an image, median, from the race that the other times come from. */
  readonly milliseconds: number | null;
};

/** The runs of this network on these images: what the control can reach, and all else that was measured, trained ones too. */
export function pointsOf(state: State): readonly Point[] {
  const reachable = [
    float32Row(state),
    ...chosenVariant(state).rows,
    ...PRESET_NAMES.flatMap((preset) => presetRows(state, preset)),
  ]
    .flatMap(({ run }) => run ?? [])
    .filter(
      ({ settings }, at, all) => all.findIndex((each) => settingsKey(each.settings) === settingsKey(settings)) === at,
    );
  const keys = new Set(reachable.map(({ settings }) => settingsKey(settings)));
  const others = [...state.runs.values()].filter(
    ({ settings }) =>
      onChosenImages(state, settings) &&
      !keys.has(settingsKey(settings)) &&
      !concealed(state, settings.scheme?.weightBits ?? null),
  );
  return [...reachable, ...others].flatMap((run) => pointOf(state, run) ?? []);
}

function pointOf(state: State, run: Summary): Point | null {
  const float32 = float32For(state, run);
  if (!float32) return null;
  const measured = runOf(state, run.settings);
  const reference = runOf(state, { ...float32Of(state), images: run.settings.images });
  const pair = pairOf(state, run.settings);
  return {
    key: settingsKey(run.settings),
    run,
    bits: run.settings.scheme?.weightBits ?? null,
    share: run.sizeBytes / float32.sizeBytes,
    lost: float32.top1 - run.top1,
    ...wilson95(run.top1, run.settings.images),
    flipped:
      measured && reference && state.opened
        ? flips(reference.predictions, measured.predictions, labelsOf(state)).images.length
        : null,
    milliseconds: pair ? pair.latency.medianMs / pair.latency.batch : null,
  };
}

/** What training won back: a trained run and the rounding of the same preset and bits. Their ranges may differ: training finds its own. Both were measured here. */
export type Arrow = { readonly from: Point; readonly to: Point };

export function arrowsOf(points: readonly Point[]): readonly Arrow[] {
  const start = ({ scheme, images, seed }: RunSettings): string =>
    JSON.stringify([scheme?.name, scheme?.weightBits, scheme?.activationBits, images, seed]);
  return points.flatMap((to) => {
    if (to.run.settings.method !== 'qat') return [];
    const from = points.find(
      ({ run }) =>
        !run.recorded &&
        run.settings.method === 'ptq' &&
        run.settings.file === undefined &&
        start(run.settings) === start(to.run.settings),
    );
    return from ? [{ from, to }] : [];
  });
}

/** The smallest run that is within this many points of 32 bits. */
export function smallestWithin(points: readonly Point[], lost: number): Point | undefined {
  // Accuracies are fractions of few images: a difference of exactly this many is within.
  const kept = points.filter((point) => point.bits !== null && point.lost < lost + 1e-9);
  return kept.toSorted((a, b) => a.share - b.share).at(0);
}

export type PublishedPoint = {
  readonly bits: Bits;
  readonly method: 'ptq' | 'qat';
  readonly share: number;
  readonly top1: number;
};

/** Which of 2021's networks and datasets stands beside this workload: its own where it was among them, else the nearest. */
export function publishedBeside({ model, dataset }: { readonly model: string; readonly dataset: string }): {
  readonly model: string;
  readonly dataset: string;
} {
  const set = dataset.startsWith('imagenette') ? 'imagenette' : 'cifar10';
  return { model: model in PUBLISHED[set] ? model : 'resnet18', dataset: set };
}

export function publishedPoints({
  model,
  dataset,
}: {
  readonly model: string;
  readonly dataset: string;
}): readonly PublishedPoint[] {
  const row = PUBLISHED[dataset][model];
  const size = PUBLISHED_SIZE_MB[model];
  return (['ptq', 'qat'] as const).flatMap((method) =>
    ([8, 7, 6, 5, 4] as const).flatMap((bits) => {
      const top1 = row[method][bits];
      return top1 === undefined ? [] : [{ bits, method, share: size[bits] / size[32], top1 }];
    }),
  );
}
