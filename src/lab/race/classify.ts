/** Photos through ONNX Runtime at several bitwidths, side by side. */
import { imageBytes } from '../../data/imageSet.ts';
import { normalize } from '../../data/normalize.ts';
import { centreView } from '../../data/photos/crop.ts';
import type { Decode, Picture } from '../../data/photos/picture.ts';
import type { Bytes } from '../../data/types.ts';
import { closeSession, createSession, runBatch, type OrtSession } from '../../runtime/session.ts';
import { decide } from '../../tensor/evaluate.ts';
import { onnxBytes, type Engine, type Subject } from '../engine/engine.ts';
import type { Answer, Classified, ClassifiedPhoto, ClassifyArgs, Photo } from '../../contract/calls/race.ts';
import { settingsKey } from '../../contract/settings.ts';
import type { RunSettings } from '../../contract/run.ts';
import type { Control } from '../../contract/progress.ts';

/** Runs of each file before the first photo, so that no photo pays for warming up. */
const WARMUP = 2;

/** Classes of one network; its sessions stay open for the next photos. */
export type Classifier = { readonly classify: (args: ClassifyArgs, control?: Control) => Promise<Classified> };

/**
 * @param decode of this platform
 * @param wasmUrl where the page serves onnxruntime-web's .wasm; not needed in Node
 */
export function createClassifier(engine: Engine, decode: Decode, wasmUrl?: string): Classifier {
  const sessions = new Map<string, OrtSession>();

  /** Test images do not matter to a network: one session serves any number of them. */
  async function sessionFor(settings: RunSettings, control: Control): Promise<OrtSession> {
    const key = settingsKey({ ...settings, images: 0 });
    const known = sessions.get(key);
    if (known) return known;
    const opened = await createSession(
      onnxBytes(await engine.make(settings, control)),
      wasmUrl === undefined ? {} : { wasmUrl },
    );
    sessions.set(key, opened);
    return opened;
  }

  /** Networks of other models or datasets are of no use any more, and large. */
  async function closeOthers(wanted: readonly RunSettings[]): Promise<void> {
    const keys = new Set(wanted.map((settings) => settingsKey({ ...settings, images: 0 })));
    for (const [key, session] of sessions) {
      if (keys.has(key)) continue;
      sessions.delete(key);
      await closeSession(session);
    }
  }

  async function classify({ photos, settings }: ClassifyArgs, control: Control = {}): Promise<Classified> {
    const [first] = settings;
    if (!first) throw new Error('Choose at least one bitwidth to classify with.');
    await closeOthers(settings);
    const subject = await engine.subject(first);
    const side = subject.model.graph.inputShape[0];
    const opened: OrtSession[] = [];
    for (const each of settings) {
      control.signal?.throwIfAborted();
      opened.push(await sessionFor(each, control));
    }
    const blank = new Float32Array(side * side * 3);
    for (const session of opened) for (let run = 0; run < WARMUP; run++) await runBatch(session, blank);

    const done: ClassifiedPhoto[] = [];
    const refused: { name: string; reason: string }[] = [];
    for (const [index, photo] of photos.entries()) {
      control.signal?.throwIfAborted();
      control.report?.({ stage: 'Classifying', done: index, total: photos.length, unit: 'photos' });
      const seen = await view(photo, subject, decode).catch((error: unknown) => {
        refused.push({ name: photo.name, reason: error instanceof Error ? error.message : String(error) });
        return null;
      });
      if (seen) done.push({ name: photo.name, ...seen, answers: await answersOf(opened, seen.pixels, subject) });
    }
    return { settings, side, threads: opened[0].threads, photos: done, refused };
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

/** Each file's answer, timed in turn. */
async function answersOf(sessions: readonly OrtSession[], pixels: Bytes, { model }: Subject): Promise<Answer[]> {
  const [height, width] = model.graph.inputShape;
  const one = { height, width, count: 1, pixels, labels: Int32Array.of(0), classes: model.classes };
  const input = normalize(one, [0], model.normalization);
  const answers: Answer[] = [];
  for (const session of sessions) {
    const start = performance.now();
    const logits = await runBatch(session, input);
    const ms = performance.now() - start;
    const { classes, confidences } = decide(logits, model.classes.length);
    answers.push({ label: model.classes[classes[0]], confidence: confidences[0], ms });
  }
  return answers;
}
