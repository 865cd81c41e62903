/** The Snap bench's page: the real screen over the largest layer of a ResNet-18, with the time each move of the slider takes. */
import { RECORDED } from '../src/app/recorded/recorded.ts';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from '../src/app/App.tsx';
import { parseLink } from '../src/app/state/link.ts';
import { createAppStore } from '../src/app/state/appStore.ts';
import '../src/app/styles.ts';
import { openedWith, runOfSettings, stripOf } from '../src/app/testing/fakeLab.ts';
import { foldBatchNorm } from '../src/graph/fold.ts';
import { initialWeights } from '../src/graph/init.ts';
import { resnet18 } from '../src/graph/networks/resnet.ts';
import type { Lab } from '../src/lab/rpc/client.ts';
import type { Stages } from '../src/lab/stages/stages.ts';
import type { CallKind, Calls } from '../src/contract/calls/calls.ts';
import { snap } from '../src/lab/inspect/snap.ts';
import type { RunSettings } from '../src/contract/run.ts';

const LAYER = 'layer4.1.conv2';
const graph = resnet18();
const model = {
  ...foldBatchNorm(graph, initialWeights(graph, 1)),
  normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
  classes: [],
};
const stages = { subject: () => Promise.resolve({ model }) } as unknown as Pick<Stages, 'subject'>;

let snapMs = NaN;

async function answer(kind: CallKind, args: Calls[CallKind]['args']): Promise<Calls[CallKind]['result']> {
  switch (kind) {
    case 'open':
      return openedWith(100);
    case 'images':
      return stripOf(100);
    case 'layers':
      return {
        settings: (args as Calls['layers']['args']).settings,
        layers: [
          {
            name: LAYER,
            kind: 'conv',
            inputs: [],
            shape: [7, 7, 512],
            kernelShape: [3, 3, 512, 512],
            parameters: 2_359_808,
            macs: 0,
            quantized: null,
          },
        ],
      };
    case 'snap': {
      const start = performance.now();
      const result = await snap(stages, args as Calls['snap']['args']);
      snapMs = performance.now() - start;
      return result;
    }
    case 'evaluate':
      return runOfSettings(args as RunSettings, 5);
    default:
      // The lab is busy with something else for ever: what is measured here is the page.
      return new Promise(() => undefined);
  }
}

const lab: Lab = {
  call: (async (kind: CallKind, args: Calls[CallKind]['args']) => answer(kind, args)) as Lab['call'],
  close: () => undefined,
};

/** From the slider's event to a page that is rendered and laid out, in milliseconds. */
const redraws: number[] = [];
let start = 0;
addEventListener('input', () => (start = performance.now()), true);
addEventListener('input', () =>
  // React has put its own microtask before this one.
  queueMicrotask(() => {
    document.body.getBoundingClientRect();
    redraws.push(performance.now() - start);
  }),
);

const longTasks: number[] = [];
new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
  type: 'longtask',
});

const { link } = parseLink('#screen=snap&bits=8');
createRoot(document.querySelector('#page') as HTMLElement).render(
  createElement(App, { store: createAppStore(lab, link, RECORDED), lab, problems: [] }),
);

export const bench = {
  snapMs: () => snapMs,
  start: () => {
    redraws.length = 0;
    longTasks.length = 0;
  },
  measured: () => ({ redraws: [...redraws], longTasks: [...longTasks] }),
};

Object.assign(globalThis, { bench });
