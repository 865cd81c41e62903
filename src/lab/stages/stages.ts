/** The stages put together: settings in, measurements out. The worker and the headless twin both call this. */
import type { Dataset, ImageSet } from '../../data/types.ts';
import { foldBatchNorm } from '../../graph/fold.ts';
import type { FloatModel } from '../../graph/types.ts';
import type { Calibration } from '../../calibrate/calibration.ts';
import { quantizeModel } from '../../calibrate/ptq.ts';
import { float32SizeBytes, sizeBytes } from '../../quant/size.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import { openBackend, type GpuLimits } from '../../tensor/backend.ts';
import { ENGINES, engineFor, openNetwork } from '../engines/engines.ts';
import { fasterEngine } from '../engines/fasterEngine.ts';
import { whyNotTimed } from '../engines/fewbitGpu.ts';
import { onnxLength } from '../engines/onnxFile.ts';
import type { Here, Made, OpenNetwork, OpenOptions } from '../engines/types.ts';
import { memoize } from '../../base/memoize.ts';
import { readFloatFileOf, type FloatFile } from '../data/modelFile.ts';
import { madeOfFile, openQuantizedFile, requireSameNetwork, type QuantizedFile } from '../data/quantizedFile.ts';
import { plural, pluralOf } from '../../base/text/plural.ts';
import { recent } from '../../base/recent.ts';
import { createAnswers } from './answers.ts';
import { createCalibrations } from './calibrations.ts';
import { keepOpen } from './openNetworks.ts';
import { createRepairs, modelFor } from './repairs.ts';
import type { Subject } from './subject.ts';
import type { Resources } from '../resources.ts';
import type { EngineName } from '../../contract/engines.ts';
import { OWN_CLASSES } from '../../contract/catalogue.ts';
import { networkKey } from '../../contract/settings.ts';
import { assumedOrder } from '../heads/fitModel.ts';
import { createClassesNetwork, type ClassesNetworks } from '../heads/classesNetwork.ts';
import { createHeads } from '../heads/heads.ts';
import { createReferences, unlabelled } from './reference.ts';
import type { Calls } from '../../contract/calls/calls.ts';
import { createTrainer, type Trainer } from '../training/trainer.ts';
import type { BackendName, Device } from '../../contract/device.ts';
import type { RunResult, RunSettings } from '../../contract/run.ts';
import type { Control } from '../../contract/progress.ts';

/** As many as the slider has positions: a ResNet-50 is 25 MB each. */
const KEPT_ROUNDINGS = 8;
/** What is measured on what: a model and a dataset by name, and the size of its images where it is not the dataset's own. */
export type SubjectNames = Pick<RunSettings, 'model' | 'dataset' | 'side' | 'against'>;

/** Said instead of a training. */
const UNLABELLED_TRAINING =
  'Training needs the right answers, and nobody knows them: the network’s classes are not those of these images. Let it learn their classes first, or bring images of its own classes.';

export type Stages = {
  readonly device: Device;
  /** What the table of engines needs to open one. */
  readonly here: Here;
  /**
   * Opens a network; the caller closes it.
   * @param engine what runs it; absent: what evaluates such networks here
   * @throws Error with the reason where it cannot; the signal's reason
   */
  readonly openNetwork: (made: Made, engine?: EngineName, options?: OpenOptions) => Promise<OpenNetwork>;
  /**
   * @throws when the model or the dataset is not here; LabError 'unknownClasses' when the model does not know the dataset's
   * classes, unless its answers are compared with the float network's
   */
  readonly subject: (names: SubjectNames) => Promise<Subject>;
  /** Gives a network a last layer for classes that it does not know, and keeps it. */
  readonly learnHead: (args: Calls['learnHead']['args'], control?: Control) => Promise<Calls['learnHead']['result']>;
  /** The network of the user's own classes: learned, read, kept. */
  readonly classes: ClassesNetworks;
  /** Lets go of every model and dataset: they are read again, for they may be others by now. */
  readonly forget: () => void;
  /** Calibrates (once for all schemes), quantizes and, for 'qat', trains; nothing to do for float32. */
  readonly make: (settings: RunSettings, control?: Control) => Promise<Made>;
  readonly evaluate: (settings: RunSettings, control?: Control) => Promise<RunResult>;
  /**
   * The quantized file that was brought, opened; settings whose `file` it is are made of it.
   * @throws when there is none, or it is no quantization of this network
   */
  readonly quantizedFile: (names: SubjectNames) => Promise<QuantizedFile>;
  /** The test images, labelled with what answers are compared with: see src/lab/stages/reference.ts. */
  readonly testSet: (settings: RunSettings, control?: Control) => Promise<ImageSet>;
  /** The statistics that a PTQ's ranges are found in. */
  readonly calibrated: (settings: RunSettings, control?: Control) => Promise<Calibration>;
  /** Trainings that are watched; what they end in is what `make` makes of their settings. */
  readonly trainer: Trainer;
  /** Of the GPU that computes; null: none does. */
  readonly gpuLimits: GpuLimits | null;
  /** Resolves, with a reason, when the device is gone and these stages with it. */
  readonly lost: Promise<string>;
};

/** @throws naming the setting that makes no sense */
function checkImages({ images, calibrationImages }: RunSettings, { test, train }: Dataset): void {
  if (!Number.isInteger(images) || images < 1 || images > test.count) {
    throw new Error(
      `images is ${images}; it must be a whole number from 1 to ${test.count}, the test images there are.`,
    );
  }
  if (calibrationImages > train.count) {
    throw new Error(
      `calibrationImages is ${calibrationImages}, but there ${pluralOf(train.count, 'is', 'are')} ${plural(train.count, 'training image')}.`,
    );
  }
}

/** Opens a backend. @throws when it cannot start */
export async function openStages(resources: Resources, backend: BackendName | 'auto'): Promise<Stages> {
  const { name, description, threads, gpuLimits, lost } = await openBackend(backend, resources.platform);
  const device: Device = { backend: name, description, threads, crossOriginIsolated: resources.platform.isolated };
  const here: Here = { ...resources, device };

  const modelFile = memoize(async (modelName: string): Promise<FloatFile> => {
    const { bytes, fileName } = await resources.readModel(modelName);
    return modelName === OWN_CLASSES.model
      ? classes.read(bytes, fileName)
      : readFloatFileOf(modelName, bytes, fileName);
  });
  const floatModel = memoize(async (modelName: string): Promise<FloatModel> => {
    const { model: read } = await modelFile(modelName);
    return { ...read, ...foldBatchNorm(read.graph, read.weights) };
  });
  const dataset = memoize(resources.readDataset);
  const checkpoints = resources.checkpoints ?? (() => Promise.resolve(null));
  const openFloat = (made: Made): Promise<OpenNetwork> => open(made);
  const heads = createHeads(checkpoints, openFloat);
  const classes = createClassesNetwork(resources, { modelFile, dataset, open: openFloat, changed: () => forget() });
  const fitted = memoize(
    async (modelName: string, datasetName: string, side?: number, against?: 'float'): Promise<Subject> => {
      const [read, data] = [await floatModel(modelName), await dataset(datasetName, side)];
      const { said } = await modelFile(modelName);
      if (against === 'float') return { ...unlabelled(read, data), said, order: null };
      const order = assumedOrder(read.classes, data.test.classes);
      return { model: await heads.fit(read, data, modelName), dataset: data, said, order };
    },
  );
  const subject = ({ model, dataset: datasetName, side, against }: SubjectNames): Promise<Subject> =>
    fitted(model, datasetName, side, against);

  const calibrations = createCalibrations();

  /** The quantized model before repair or training, and the float model and images it is of. */
  async function startOf(
    settings: RunSettings,
    control: Control,
  ): Promise<Pick<Subject, 'model' | 'dataset'> & { readonly start: QuantizedModel }> {
    const found = await subject(settings);
    checkImages(settings, found.dataset);
    const { scheme } = settings;
    if (!scheme) throw new Error('Float32 has no quantized model to start from.');
    const model = modelFor(found.model, scheme);
    const calibration = await calibrations.of(settings, { ...found, model }, control);
    const key = networkKey({ ...settings, method: 'ptq', training: undefined });
    return {
      model,
      dataset: found.dataset,
      start: roundings.get(key, () => quantizeModel(model, calibration, scheme)),
    };
  }

  async function make(settings: RunSettings, control: Control = {}): Promise<Made> {
    const found = await subject(settings);
    checkImages(settings, found.dataset);
    if (settings.file !== undefined) return quantizedIn(settings.file, found);
    if (!settings.scheme) return { model: found.model, quantized: null };
    if (settings.method === 'qat') return { model: found.model, quantized: await trainer.trained(settings, control) };
    const { model, start } = await startOf(settings, control);
    return { model: found.model, quantized: await repairs.of(settings, model, start, found.dataset.train, control) };
  }

  let opened: QuantizedFile | null = null;

  async function quantizedFile(names: SubjectNames): Promise<QuantizedFile> {
    opened = await openQuantizedFile(resources);
    requireSameNetwork(opened, await subject(names));
    return opened;
  }

  async function quantizedIn(file: string, found: Subject): Promise<Made> {
    const known = opened?.file === file ? opened : await openQuantizedFile(resources);
    if (known.file !== file) throw new Error(`${file} is not here any more: ${known.file} was brought in its place.`);
    requireSameNetwork(known, found);
    opened = known;
    return madeOfFile(known, found.model);
  }

  /** A preview, its evaluation, its race and its export read the same rounding. */
  const roundings = recent<QuantizedModel>(KEPT_ROUNDINGS);

  /** Judged in the engine that measures. */
  const repairs = createRepairs(checkpoints, (each, { signal }) => open(each, undefined, { signal, quick: true }));

  const trainer = createTrainer(checkpoints, async (settings, control) => {
    if (settings.against !== undefined) throw new Error(UNLABELLED_TRAINING);
    const { start, dataset: data } = await startOf(settings, control);
    const { model } = await modelFile(settings.model);
    return { float: await heads.fit(model, data, settings.model), start, dataset: data };
  });

  const answers = createAnswers();
  const kept = keepOpen();
  void lost.then(() => kept.closeAll());

  const openIn = (engine: EngineName, made: Made, options: OpenOptions): Promise<OpenNetwork> =>
    ENGINES[engine].keeps
      ? kept.take(made.quantized ?? made.model.weights, `${engine} ${options.threads} ${options.quick}`, () =>
          openNetwork(engine, made, here, options),
        )
      : openNetwork(engine, made, here, options);

  async function open(made: Made, engine?: EngineName, options: OpenOptions = {}): Promise<OpenNetwork> {
    if (engine !== undefined || !made.quantized || device.backend !== 'webgpu')
      return openIn(engine ?? engineFor('evaluate', made, here), made, options);
    const verdict = await fasterEngine({
      made,
      device: device.description,
      open: (each) => openIn(each, made, { ...options, quick: false }),
      whyNotGpu: () => whyNotTimed(here, made),
      choose: options.quick ? 'known' : 'timed',
      signal: options.signal,
    });
    const network = await openIn(verdict.engine, made, options);
    return {
      ...network,
      ranOn: { ...network.ranOn, description: `${network.ranOn.description}; ${verdict.why}` },
    };
  }

  const references = createReferences(subject, (made) => open(made), answers);

  async function evaluate(settings: RunSettings, control: Control = {}): Promise<RunResult> {
    const start = performance.now();
    const made = await make(settings, control);
    const test = await references.testSet(settings, control);
    const network = await open(made, settings.engine, control);
    try {
      const { classes, confidences, logits, top1 } = await answers.of({ ...made, settings, network, test }, control);
      const kl = await references.divergence(settings, logits, control);
      return {
        settings,
        engine: network.engine,
        device: network.ranOn,
        top1,
        ...(kl !== undefined && { kl }),
        predictions: classes,
        confidences,
        sizeBytes: made.quantized ? sizeBytes(made.quantized) : float32SizeBytes(made.model.graph),
        onnxBytes: onnxLength(made),
        ...(made.quantized?.repairs && { verdicts: made.quantized.repairs }),
        seconds: (performance.now() - start) / 1000,
      };
    } finally {
      await network.close();
    }
  }

  const calibrated = async (settings: RunSettings, control: Control = {}): Promise<Calibration> =>
    calibrations.of(settings, await subject(settings), control);

  async function learn(
    { model, dataset: datasetName, side, ...learning }: Calls['learnHead']['args'],
    control: Control = {},
  ): Promise<Calls['learnHead']['result']> {
    const start = performance.now();
    const data = await dataset(datasetName, side);
    const images = await heads.learn(await floatModel(model), data, model, learning, control);
    fitted.forget();
    return { images, seconds: (performance.now() - start) / 1000 };
  }

  function forget(): void {
    for (const known of [modelFile, floatModel, dataset, fitted]) known.forget();
    repairs.forget();
    calibrations.forget();
    answers.forget();
    void kept.closeAll();
  }

  return {
    device,
    here,
    openNetwork: open,
    gpuLimits,
    lost,
    forget,
    subject,
    learnHead: learn,
    classes,
    make,
    evaluate,
    testSet: (settings, control = {}) => references.testSet(settings, control),
    quantizedFile,
    calibrated,
    trainer,
  };
}
