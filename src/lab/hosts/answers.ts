/** What the lab's worker does for each kind of call. */
import { isWeighted } from '../../graph/shapes.ts';
import { withFreeLock } from '../../data/store/lock.ts';
import { subset } from '../../data/imageSet.ts';
import { trainingImages } from '../../data/trainingImages.ts';
import { graphCost } from '../../graph/cost.ts';
import { BUNDLED, datasetTitle, modelTitle } from '../../contract/catalogue.ts';
import { openEngine, type Engine, type SubjectNames } from '../engine/engine.ts';
import { onnxBytes } from '../engines/onnxFile.ts';
import { unlessLost } from '../failure.ts';
import { gridAnswers } from '../grid/answers.ts';
import { inspectAnswers } from '../inspect/answers.ts';
import { preview } from '../engine/preview.ts';
import type { Answers } from '../rpc/answers.ts';
import type { Calls } from '../../contract/calls/calls.ts';
import type { Resources } from '../resources.ts';
import { runtimeAnswers } from '../race/answers.ts';
import { exportName, fileSettings, floatExportName, networkKey, schemeTitle } from '../../contract/settings.ts';
import type { Control } from '../../contract/progress.ts';
import type { ImageStrip, Opened } from '../../contract/calls/opened.ts';

/** Two tabs would write over each other's checkpoints. */
const TRAINED_ELSEWHERE =
  'Another tab of this page trains with these settings just now. Watch it there, or pause it there; or train with other settings here.';

export function answersFrom(resources: Resources): Answers<Calls> {
  let opening: { readonly backend: string; readonly engine: Promise<Engine> } | null = null;
  let shown: SubjectNames = BUNDLED;

  function opened(): Promise<Engine> {
    if (!opening) throw new Error('The lab is not open yet: call open first.');
    return opening.engine;
  }

  /** The same backend goes on: a GPU's device is opened once. */
  async function engineOn(backend: Calls['open']['args']['backend']): Promise<Engine> {
    if (opening?.backend === backend) {
      const engine = await opening.engine;
      engine.forget();
      return engine;
    }
    const made = { backend, engine: openEngine(resources, backend) };
    opening = made;
    // One that did not start, or whose device is lost, is opened afresh.
    const close = (): void => void (opening === made && (opening = null));
    made.engine.then(({ lost }) => lost.then(close), close);
    return made.engine;
  }

  async function open({ backend, ...names }: Calls['open']['args']): Promise<Opened> {
    const engine = await engineOn(backend);
    shown = { ...BUNDLED, ...names };
    const { model, dataset } = await engine.subject(shown);
    const { parameters, macs } = graphCost(model.graph);
    const weightedLayers = model.graph.nodes.filter(isWeighted).map(({ name }) => name);
    return {
      device: engine.device,
      model: { name: modelTitle(shown.model), parameters, macs, weightedLayers },
      dataset: {
        name: datasetTitle(shown.dataset),
        trainImages: trainingImages(dataset).count,
        testImages: dataset.test.count,
        classes: dataset.test.classes,
        streamed: dataset.streamed !== undefined,
      },
      labels: dataset.test.labels,
    };
  }

  async function images({ first, count }: Calls['images']['args']): Promise<ImageStrip> {
    const { dataset } = await (await opened()).subject(shown);
    const { height, width, pixels, labels } = subset(
      dataset.test,
      Array.from({ length: count }, (_, i) => first + i),
    );
    return { count, height, width, pixels, labels };
  }

  /** Work for the engine that is open; a lost device ends it with a sentence, where its promises might never settle. */
  async function working<T>(work: (engine: Engine) => T | Promise<T>): Promise<T> {
    const engine = await opened();
    return unlessLost(engine.lost, Promise.resolve(work(engine)));
  }

  async function exportOnnx(
    engine: Engine,
    { form, ...settings }: Calls['exportOnnx']['args'],
    control: Control,
  ): Promise<Calls['exportOnnx']['result']> {
    const bytes = onnxBytes(await engine.make(settings, control), form);
    const { method, scheme } = settings;
    const name = scheme
      ? exportName(settings, method, schemeTitle(scheme, method), scheme.weightBits, scheme.activationBits)
      : floatExportName(settings);
    const fileName = `${name}${form ? `-${form}` : ''}.onnx`;
    return { fileName, bytes };
  }

  return {
    open,
    images,
    ...inspectAnswers(async () => opened()),
    ...runtimeAnswers(working, resources),
    ...gridAnswers(working, resources.provenance ?? { versions: {}, commit: null }),
    evaluate: (settings, control) => working((engine) => engine.evaluate(settings, control)),
    preview: (settings, control) => working((engine) => preview(engine, settings, control)),
    exportOnnx: (settings, control) => working((engine) => exportOnnx(engine, settings, control)),
    quantizedFile: (workload) =>
      working(async (engine) => {
        const { file, bytes, model } = await engine.quantizedFile(workload);
        return { settings: fileSettings(workload, file, model.scheme), bytes: bytes.length };
      }),
    trainingState: (settings) => working(({ trainer }) => trainer.trainingState(settings)),
    train: (args, control) =>
      working(({ trainer }) =>
        withFreeLock(`training ${networkKey(args.settings)}`, TRAINED_ELSEWHERE, () => trainer.train(args, control)),
      ),
    watchLayer: (args) => working(({ trainer }) => trainer.watchLayer(args)),
    endTraining: (args, control) => working(({ trainer }) => trainer.endTraining(args, control)),
  };
}
