/** Photos through several networks, at several bitwidths, side by side. */
import { imageBytes } from '../../data/imageSet.ts';
import { normalize } from '../../data/normalize.ts';
import { centreView } from '../../data/photos/crop.ts';
import type { Decode, Picture } from '../../data/photos/picture.ts';
import type { Bytes } from '../../data/types.ts';
import { quantile } from '../../runtime/statistics.ts';
import { decide } from '../../base/answers.ts';
import type { Stages, Subject } from '../stages/stages.ts';
import { engineFor } from '../engines/engines.ts';
import type { OpenNetwork } from '../engines/types.ts';
import type { Answer, Classified, ClassifiedPhoto, ClassifyArgs, Photo } from '../../contract/calls/race.ts';
import { networkKey } from '../../contract/settings.ts';
import type { RunSettings } from '../../contract/run.ts';
import type { Control } from '../../contract/progress.ts';

/** Runs of each file before the first photo, so that no photo pays for warming up. */
const WARMUP = 2;

/** Times that the median is of: in turn, so that a slow moment hurts all alike. */
const RUNS = 5;

/** Classes of one network; they stay open for the next photos. */
export type Classifier = { readonly classify: (args: ClassifyArgs, control?: Control) => Promise<Classified> };

/** One network for each engine: test images do not matter to it. */
const keyOf = (settings: RunSettings): string => JSON.stringify([networkKey(settings), settings.engine]);

/** @param decode of this platform */
export function createClassifier(stages: Stages, decode: Decode): Classifier {
  const networks = new Map<string, OpenNetwork>();

  async function networkFor(settings: RunSettings, control: Control): Promise<OpenNetwork> {
    const key = keyOf(settings);
    const known = networks.get(key);
    if (known) return known;
    const made = await stages.make(settings, control);
    const opened = await stages.openNetwork(made, settings.engine ?? engineFor('classify', made, stages.here));
    networks.set(key, opened);
    return opened;
  }

  /** Networks of other models or datasets are of no use any more, and large. */
  async function closeOthers(wanted: readonly RunSettings[]): Promise<void> {
    const keys = new Set(wanted.map(keyOf));
    for (const [key, network] of networks) {
      if (keys.has(key)) continue;
      networks.delete(key);
      await network.close();
    }
  }

  async function classify({ photos, settings }: ClassifyArgs, control: Control = {}): Promise<Classified> {
    const [first] = settings;
    if (!first) throw new Error('Choose at least one bitwidth to classify with.');
    await closeOthers(settings);
    const subject = await stages.subject(first);
    const side = subject.model.graph.inputShape[0];
    const opened: OpenNetwork[] = [];
    for (const each of settings) {
      control.signal?.throwIfAborted();
      opened.push(await networkFor(each, control));
    }
    const blank = new Float32Array(side * side * 3);
    for (const network of opened) for (let run = 0; run < WARMUP; run++) await network.run(blank, 1);

    const done: ClassifiedPhoto[] = [];
    const refused: { name: string; reason: string }[] = [];
    for (const [index, photo] of photos.entries()) {
      control.signal?.throwIfAborted();
      control.report?.({ stage: 'Classifying', done: index, total: photos.length, unit: 'photos' });
      const seen = await view(photo, subject, decode).catch((error: unknown) => {
        refused.push({ name: photo.name, reason: error instanceof Error ? error.message : String(error) });
        return null;
      });
      if (seen)
        done.push({
          name: photo.name,
          ...seen,
          answers: await answersOf(opened, seen.pixels, subject, control.signal),
        });
    }
    return { settings, side, threads: opened[0].ranOn.threads, photos: done, refused };
  }

  return { classify };
}

/** The square that the network is shown: the shorter side made the network's, then the middle. */
async function view(
  photo: Photo,
  { model, dataset }: Subject,
  decode: Decode,
): Promise<{ pixels: Bytes; truth: string | null }> {
  const side = model.graph.inputShape[0];
  if ('testImage' in photo) {
    const { test } = dataset;
    const { testImage: index } = photo;
    if (!(index >= 0 && index < test.count))
      throw new Error(`There is no test image ${index}: there are ${test.count}.`);
    const size = imageBytes(test);
    return { pixels: test.pixels.slice(index * size, (index + 1) * size), truth: test.classes[test.labels[index]] };
  }
  const picture: Picture = await decode(new Uint8Array(photo.bytes), photo.name);
  return { pixels: centreView(picture, side).pixels, truth: null };
}

/** Each network's answer, timed in turn. */
async function answersOf(
  networks: readonly OpenNetwork[],
  pixels: Bytes,
  { model }: Subject,
  signal?: AbortSignal,
): Promise<Answer[]> {
  const [height, width] = model.graph.inputShape;
  const one = { height, width, count: 1, pixels, labels: Int32Array.of(0), classes: model.classes };
  const input = normalize(one, [0], model.normalization);
  const times = networks.map((): number[] => []);
  const logits: Float32Array[] = [];
  for (let run = 0; run < RUNS; run++) {
    for (const [i, network] of networks.entries()) {
      signal?.throwIfAborted();
      const start = performance.now();
      logits[i] = await network.run(input, 1, signal);
      times[i].push(performance.now() - start);
    }
  }
  return networks.map((_, i) => {
    const { classes, confidences } = decide(logits[i], model.classes.length);
    return { label: model.classes[classes[0]], confidence: confidences[0], ms: quantile(times[i], 0.5) };
  });
}
