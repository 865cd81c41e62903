/** The network of a person's own classes: learned on the frozen layers of another, kept as its head alone, read with them. */
import { OWN_CLASSES, modelTitle } from '../../contract/catalogue.ts';
import type { Calls } from '../../contract/calls/calls.ts';
import type { ClassesNetwork } from '../../contract/calls/training.ts';
import { LabError } from '../../contract/errors.ts';
import type { Control } from '../../contract/progress.ts';
import type { Dataset } from '../../data/types.ts';
import { foldBatchNorm } from '../../graph/fold.ts';
import type { FloatFile } from '../data/modelFile.ts';
import type { Resources } from '../resources.ts';
import type { OpenFloat } from './features.ts';
import { headImages, learnHead } from './head.ts';
import { markOf, onBase, readClassesHead, writeClassesHead, type ClassesHead } from './headFile.ts';

/** What of the stages it needs. */
type Beneath = {
  readonly modelFile: (name: string) => Promise<FloatFile>;
  readonly dataset: (name: string, side?: number) => Promise<Dataset>;
  readonly open: OpenFloat;
  /** The network of this name is another one from now on. */
  readonly changed: () => void;
};

export type ClassesNetworks = {
  /** @throws the signal's reason; where there are fewer than two classes, or the images are too small for the network */
  readonly learn: (args: Calls['learnClasses']['args'], control?: Control) => Promise<Calls['learnClasses']['result']>;
  /** null: none was trained here. */
  readonly kept: () => Promise<ClassesNetwork | null>;
  /** @throws Error where the bytes are no such network */
  readonly keep: (file: Uint8Array) => Promise<ClassesNetwork>;
  /** The whole network. @throws LabError 'absent' where the one beneath is not here, or another */
  readonly read: (bytes: Uint8Array<ArrayBuffer>, fileName: string) => Promise<FloatFile>;
};

/** A session's file is small; what is larger is none. */
const MOST_BYTES = 4_000_000;

const fileNameOf = ({ classes, base }: Pick<ClassesHead, 'classes' | 'base'>): string =>
  `${classes.join(', ').slice(0, 60)} on ${modelTitle(base)}`;

export function createClassesNetwork(
  resources: Resources,
  { modelFile, dataset, open, changed }: Beneath,
): ClassesNetworks {
  const network = (head: ClassesHead, file: Uint8Array, message: string | null): ClassesNetwork => ({
    file,
    classes: head.classes,
    base: head.base,
    baseFile: head.baseFile,
    images: head.images,
    side: head.side,
    message,
  });

  async function store(head: ClassesHead, file: Uint8Array<ArrayBuffer>): Promise<ClassesNetwork> {
    const message = await resources.keepModel?.(OWN_CLASSES.model, fileNameOf(head), file);
    changed();
    return network(head, file, message ?? null);
  }

  async function learn(
    { base, dataset: name, seed }: Calls['learnClasses']['args'],
    control: Control = {},
  ): Promise<Calls['learnClasses']['result']> {
    const start = performance.now();
    // The photos may be others by now.
    changed();
    if (base === OWN_CLASSES.model)
      throw new Error('The network beneath must be another than the one that is trained.');
    const { fileName } = await resources.readModel(base);
    const { model } = await modelFile(base);
    const [side] = model.graph.inputShape;
    const data = await dataset(name, side);
    const { classes } = data.test;
    if (classes.length < 2) throw new Error(`${name} has one class only: record a second one, to be told from it.`);
    const folded = { ...model, ...foldBatchNorm(model.graph, model.weights) };
    const head = await learnHead(folded, data, { seed }, open, control);
    const whole = {
      ...head,
      classes,
      base,
      baseMark: markOf(model),
      baseFile: fileName.split('/').at(-1) ?? fileName,
      images: headImages(data, { seed }),
      seed,
      side,
    };
    const kept = await store(whole, writeClassesHead(whole));
    return { ...kept, seconds: (performance.now() - start) / 1000 };
  }

  return {
    learn,
    async kept() {
      try {
        const { bytes, fileName } = await resources.readModel(OWN_CLASSES.model);
        return network(readClassesHead(bytes, fileName), bytes, null);
      } catch (error) {
        if (error instanceof LabError && error.code === 'absent') return null;
        throw error;
      }
    },
    async keep(file) {
      if (file.length > MOST_BYTES)
        throw new Error('The network of own classes in it is larger than any that is trained here.');
      const bytes = file.slice();
      return store(readClassesHead(bytes, 'The network of own classes in it'), bytes);
    },
    async read(bytes, fileName) {
      const head = readClassesHead(bytes, fileName);
      const { model, said } = await modelFile(head.base).catch((error: unknown) => {
        if (!(error instanceof LabError)) throw error;
        throw new LabError(error.code, `The network of your classes stands on ${head.baseFile}. ${error.message}`, {
          cause: error,
        });
      });
      return { model: onBase(model, head), said };
    },
  };
}
