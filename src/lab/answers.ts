/** What each call of the protocol does, given an engine. */
import { subset } from '../data/imageSet.ts';
import { graphCost } from '../graph/cost.ts';
import { DATASETS, MODELS } from './catalogue.ts';
import { onnxBytes, openEngine, type Control, type Engine } from './engine.ts';
import { inspectAnswers } from './inspectAnswers.ts';
import type { CallKind, Calls, ImageStrip, Opened } from './protocol.ts';
import { race } from './race.ts';
import type { Resources } from './resources.ts';
import { exportName } from './settings.ts';

/** The page opens on these. */
export const START = { model: 'resnet20', dataset: 'cifar10-sample' } as const;

export type Answers = { readonly [K in CallKind]: (args: Calls[K]['args'], control: Control) => Promise<Calls[K]['result']> };

/** @param ortWasmUrl where onnxruntime-web's .wasm is served */
export function answersFrom(resources: Resources, ortWasmUrl?: string): Answers {
  let opening: Promise<Engine> | null = null;

  function opened(): Promise<Engine> {
    if (!opening) throw new Error('The lab is not open yet: call open first.');
    return opening;
  }

  async function open({ backend }: Calls['open']['args']): Promise<Opened> {
    opening = openEngine(resources, backend);
    const engine = await opening;
    const { model, dataset } = await engine.subject(START.model, START.dataset);
    const { parameters, macs } = graphCost(model.graph);
    return {
      device: engine.device,
      model: { name: MODELS[START.model].title, parameters, macs },
      dataset: { name: DATASETS[START.dataset].title, testImages: dataset.test.count, classes: dataset.test.classes },
      labels: dataset.test.labels,
    };
  }

  async function images({ first, count }: Calls['images']['args']): Promise<ImageStrip> {
    const { dataset } = await (await opened()).subject(START.model, START.dataset);
    const { height, width, pixels, labels } = subset(dataset.test, Array.from({ length: count }, (_, i) => first + i));
    return { count, height, width, pixels, labels };
  }

  return {
    open,
    images,
    ...inspectAnswers(async () => opened()),
    evaluate: async (settings, control) => (await opened()).evaluate(settings, control),
    race: async (settings, control) => race(await opened(), settings, control, ortWasmUrl),
    async exportOnnx(settings, control) {
      const bytes = onnxBytes(await (await opened()).make(settings, control));
      const { method, scheme } = settings;
      const fileName = `${exportName(settings, method, scheme?.name ?? 'float32', scheme?.weightBits ?? 32, scheme?.activationBits ?? 32)}.onnx`;
      return { fileName, bytes };
    },
  };
}
