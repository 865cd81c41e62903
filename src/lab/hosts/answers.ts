/** What the lab's worker does for each kind of call. */
import { isWeighted } from '../../graph/shapes.ts';
import { withFreeLock } from '../../data/store/lock.ts';
import { subset } from '../../data/imageSet.ts';
import { gpuBatch } from '../training/gpuBatch.ts';
import { trainingImages } from '../../data/trainingImages.ts';
import { graphCost } from '../../graph/cost.ts';
import { BUNDLED, datasetTitle, modelTitle } from '../../contract/catalogue.ts';
import { openStages, type Stages, type SubjectNames } from '../stages/stages.ts';
import { answerImages } from '../engines/answerImages.ts';
import { layersModelZip } from '../engines/layersFile.ts';
import { onnxBytes } from '../engines/onnxFile.ts';
import { unlessLost } from '../failure.ts';
import { gridAnswers } from '../grid/answers.ts';
import { inspectAnswers } from '../inspect/answers.ts';
import { createKeptResults } from '../stages/keptResults.ts';
import { preview } from '../stages/preview.ts';
import type { Answers } from '../rpc/answers.ts';
import type { Calls } from '../../contract/calls/calls.ts';
import type { Resources } from '../resources.ts';
import { runtimeAnswers } from '../race/answers.ts';
import { exportName, fileSettings, floatExportName, networkKey, schemeTitle } from '../../contract/settings.ts';
import type { Control } from '../../contract/progress.ts';
import type { RunSettings } from '../../contract/run.ts';
import { comparedSubject } from '../stages/compared.ts';
import type { FirstAnswers, ImageStrip, Opened } from '../../contract/calls/opened.ts';

/** Two tabs would write over each other's checkpoints. */
const TRAINED_ELSEWHERE =
  'Another tab of this page trains with these settings just now. Watch it there, or pause it there; or train with other settings here.';

/** An exported file's name, without its ending. */
const fileNameOf = (settings: RunSettings): string =>
  settings.scheme
    ? exportName(
        settings,
        settings.method,
        schemeTitle(settings.scheme, settings.method),
        settings.scheme.weightBits,
        settings.scheme.activationBits,
      )
    : floatExportName(settings);

export function answersFrom(resources: Resources): Answers<Calls> {
  let opening: { readonly backend: string; readonly stages: Promise<Stages> } | null = null;
  let shown: SubjectNames = BUNDLED;
  const kept = createKeptResults(resources);

  function opened(): Promise<Stages> {
    if (!opening) throw new Error('The lab is not open yet: call open first.');
    return opening.stages;
  }

  /** The same backend goes on: a GPU's device is opened once. */
  async function engineOn(backend: Calls['open']['args']['backend']): Promise<Stages> {
    if (opening?.backend === backend) {
      const stages = await opening.stages;
      stages.forget();
      return stages;
    }
    const made = { backend, stages: openStages(resources, backend) };
    opening = made;
    // One that did not start, or whose device is lost, is opened afresh.
    const close = (): void => void (opening === made && (opening = null));
    made.stages.then(({ lost }) => lost.then(close), close);
    return made.stages;
  }

  async function open({ backend, ...names }: Calls['open']['args']): Promise<Opened> {
    const stages = await engineOn(backend);
    shown = { ...BUNDLED, ...names };
    const { subject, against, why } = await comparedSubject(stages, shown);
    if (against) shown = { ...shown, against };
    const { model, dataset, said, order } = subject;
    const { parameters, macs } = graphCost(model.graph);
    const weightedLayers = model.graph.nodes.filter(isWeighted).map(({ name }) => name);
    const problem = await resources.storageProblem?.();
    return {
      device: stages.device,
      model: { name: modelTitle(shown.model), parameters, macs, weightedLayers },
      dataset: {
        name: datasetTitle(shown.dataset),
        trainImages: trainingImages(dataset).count,
        testImages: dataset.test.count,
        classes: dataset.test.classes,
        streamed: dataset.streamed !== undefined,
      },
      trainingBatch: stages.gpuLimits && gpuBatch(model.graph, stages.gpuLimits),
      said: problem ? [...(said ?? []), problem] : said,
      order,
      ...(against && why !== null && { against: { kind: against, why } }),
      labels: dataset.test.labels,
    };
  }

  async function firstAnswers(stages: Stages, count: number, control: Control): Promise<FirstAnswers> {
    const { model, dataset } = await stages.subject(shown);
    const made = { model, quantized: null };
    const first = await images({ first: 0, count: Math.min(count, dataset.test.count) });
    const network = await stages.openNetwork(made, undefined, control);
    try {
      return { ...first, answers: (await answerImages(network, made, dataset.test, first.count, control)).classes };
    } finally {
      await network.close();
    }
  }

  async function images({ first, count }: Calls['images']['args']): Promise<ImageStrip> {
    const { dataset } = await (await opened()).subject(shown);
    const { height, width, pixels, labels } = subset(
      dataset.test,
      Array.from({ length: count }, (_, i) => first + i),
    );
    return { count, height, width, pixels, labels };
  }

  /** Work for the stages that are open; a lost device ends it with a sentence, where its promises might never settle. */
  async function working<T>(work: (stages: Stages) => T | Promise<T>): Promise<T> {
    const stages = await opened();
    return unlessLost(stages.lost, Promise.resolve(work(stages)));
  }

  async function exportOnnx(
    stages: Stages,
    { form, ...settings }: Calls['exportOnnx']['args'],
    control: Control,
  ): Promise<Calls['exportOnnx']['result']> {
    const bytes = onnxBytes(await stages.make(settings, control), form);
    return { fileName: `${fileNameOf(settings)}${form ? `-${form}` : ''}.onnx`, bytes };
  }

  async function exportTfjs(stages: Stages, settings: RunSettings, control: Control) {
    const bytes = layersModelZip(await stages.make(settings, control));
    return { fileName: `${fileNameOf(settings)}-tfjs.zip`, bytes };
  }

  return {
    open,
    images,
    firstAnswers: ({ count }, control) => working((stages) => firstAnswers(stages, count, control)),
    ...inspectAnswers(async () => opened()),
    ...runtimeAnswers(working, resources),
    ...gridAnswers(working, resources.provenance ?? { versions: {}, commit: null }),
    evaluate: (settings, control) => working((stages) => kept.evaluate(stages, settings, control)),
    preview: (settings, control) => working((stages) => preview(stages, settings, control)),
    exportTfjs: (settings, control) => working((stages) => exportTfjs(stages, settings, control)),
    exportOnnx: (settings, control) => working((stages) => exportOnnx(stages, settings, control)),
    quantizedFile: (workload) =>
      working(async (stages) => {
        const { file, bytes, model } = await stages.quantizedFile(workload);
        return { settings: fileSettings(workload, file, model.scheme), bytes: bytes.length };
      }),
    trainingState: (settings) => working(({ trainer }) => trainer.trainingState(settings)),
    train: (args, control) =>
      working(({ trainer }) =>
        withFreeLock(`training ${networkKey(args.settings)}`, TRAINED_ELSEWHERE, () => trainer.train(args, control)),
      ),
    learnHead: (args, control) => working((stages) => stages.learnHead(args, control)),
    learnClasses: (args, control) => working(({ classes }) => classes.learn(args, control)),
    ownClasses: () => working(({ classes }) => classes.kept()),
    keepClasses: ({ file }) => working(({ classes }) => classes.keep(file)),
    watchLayer: (args) => working(({ trainer }) => trainer.watchLayer(args)),
    endTraining: (args, control) => working(({ trainer }) => trainer.endTraining(args, control)),
  };
}
