/** Photos through several networks, at several bitwidths, side by side. */
import { imageBytes } from '../../data/imageSet.ts';
import { normalize } from '../../data/normalize.ts';
import { centreView } from '../../data/photos/crop.ts';
import type { Decode, Picture } from '../../data/photos/picture.ts';
import type { Bytes } from '../../data/types.ts';
import { quantile } from '../../runtime/statistics.ts';
import { decide } from '../../base/answers.ts';
import { breathe } from '../../base/breathe.ts';
import type { Stages } from '../stages/stages.ts';
import type { Subject } from '../stages/subject.ts';
import { engineFor } from '../engines/engines.ts';
import type { OpenNetwork } from '../engines/types.ts';
import type {
  Answer,
  Classified,
  ClassifiedPhoto,
  ClassifyArgs,
  ClassifyProgress,
  Photo,
} from '../../contract/calls/race.ts';
import { networkKey } from '../../contract/settings.ts';
import type { RunSettings } from '../../contract/run.ts';
import type { Control } from '../../contract/progress.ts';

/** Times that the median is of: in turn, so that a slow moment hurts all alike. */
const RUNS = 5;

/** Classes of one network; they stay open for the next photos. */
export type Classifier = {
  readonly classify: (args: ClassifyArgs, control?: Control<ClassifyProgress>) => Promise<Classified>;
};

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

  async function classify(
    { photos, settings }: ClassifyArgs,
    control: Control<ClassifyProgress> = {},
  ): Promise<Classified> {
    const [first] = settings;
    if (!first) throw new Error('Choose at least one bitwidth to classify with.');
    const { signal, report } = control;
    await closeOthers(settings);
    const subject = await stages.subject(first);
    const side = subject.model.graph.inputShape[0];
    const total = photos.length * settings.length;
    const progress = { stage: 'Classifying', done: 0, total, unit: 'answers' };

    const refused: { name: string; reason: string }[] = [];
    const views: View[] = [];
    for (const [index, photo] of photos.entries()) {
      signal?.throwIfAborted();
      try {
        const seen = await view(photo, subject, decode);
        views.push({ ...seen, name: photo.name, photo: index, input: inputOf(seen.pixels, subject) });
        report?.({ ...progress, seen: { ...seen, photo: index, side } });
      } catch (error) {
        refused.push({ name: photo.name, reason: error instanceof Error ? error.message : String(error) });
      }
    }

    // The first answers need one network only: the others are made while they are read.
    const opened: OpenNetwork[] = [];
    const answers: Omit<Answer, 'ms'>[][] = views.map(() => []);
    let done = 0;
    for (const [at, each] of settings.entries()) {
      signal?.throwIfAborted();
      const network = await networkFor(each, { signal, report: (made) => report?.({ ...made }) });
      opened.push(network);
      for (const [place, { photo, input }] of views.entries()) {
        await breathe();
        signal?.throwIfAborted();
        const answer = answerOf(await network.run(input, 1, signal), subject);
        answers[place].push(answer);
        report?.({ ...progress, done: ++done, answer: { photo, at, ...answer } });
      }
    }

    const classified: ClassifiedPhoto[] = [];
    for (const [place, { name, truth, pixels, input }] of views.entries()) {
      report?.({ stage: 'Timing', done: place, total: views.length, unit: 'photos' });
      const times = await timesOf(opened, input, signal);
      classified.push({
        name,
        truth,
        pixels,
        answers: answers[place].map((answer, i) => ({ ...answer, ms: times[i] })),
      });
    }
    return { settings, side, threads: opened[0].ranOn.threads, photos: classified, refused };
  }

  return { classify };
}

/** A photo as it is shown to the networks, and its place among those asked for. */
type View = {
  readonly name: string;
  readonly photo: number;
  readonly pixels: Bytes;
  readonly truth: string | null;
  readonly input: Float32Array;
};

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
    const label = test.labels[index];
    // Below 0: nobody knows what is on it.
    const truth = label < 0 ? null : test.classes[label];
    return { pixels: test.pixels.slice(index * size, (index + 1) * size), truth };
  }
  const picture: Picture = await decode(new Uint8Array(photo.bytes), photo.name);
  return { pixels: centreView(picture, side).pixels, truth: null };
}

function inputOf(pixels: Bytes, { model }: Subject): Float32Array {
  const [height, width] = model.graph.inputShape;
  const one = { height, width, count: 1, pixels, labels: Int32Array.of(0), classes: model.classes };
  return normalize(one, [0], model.normalization);
}

function answerOf(logits: Float32Array, { model }: Subject): Omit<Answer, 'ms'> {
  const { classes, confidences } = decide(logits, model.classes.length);
  return { label: model.classes[classes[0]], confidence: confidences[0] };
}

/** Each network's median time on one photo: run in turn, after each has run before, so that none pays for warming up. */
async function timesOf(
  networks: readonly OpenNetwork[],
  input: Float32Array,
  signal?: AbortSignal,
): Promise<readonly number[]> {
  const times = networks.map((): number[] => []);
  for (let run = 0; run < RUNS; run++) {
    for (const [i, network] of networks.entries()) {
      await breathe();
      signal?.throwIfAborted();
      const start = performance.now();
      await network.run(input, 1, signal);
      times[i].push(performance.now() - start);
    }
  }
  return times.map((each) => quantile(each, 0.5));
}
