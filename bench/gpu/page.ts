/** Parts (a) to (d) of the GPU kit on whatever GPU a visitor's browser has; `?tiny` is a dry run. */
import { adapterPart } from '../../scripts/gpu/parts/adapter.ts';
import { checksPart } from '../../scripts/gpu/parts/checks.ts';
import { kernelsPart } from '../../scripts/gpu/parts/kernels.ts';
import { networksPart } from '../../scripts/gpu/parts/networks.ts';
import { FULL, TINY, type Emit, type Sizes } from '../../scripts/gpu/parts/sizes.ts';
import { stepsPart } from '../../scripts/gpu/parts/steps.ts';
import { openBackend } from '../../src/tensor/backend.ts';
import { browserPlatform } from '../../src/tensor/wasm/browser.ts';

const PARTS: readonly (readonly [name: string, run: (emit: Emit, sizes: Sizes) => Promise<void>])[] = [
  ['adapter', adapterPart],
  ['checks', checksPart],
  ['kernels', kernelsPart],
  ['networks', (emit, sizes) => networksPart(emit, sizes)],
  ['steps', stepsPart],
];

const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

const rows: Readonly<Record<string, unknown>>[] = [];

function add(row: Readonly<Record<string, unknown>>): void {
  rows.push(row);
  const item = document.createElement('li');
  item.textContent = JSON.stringify(row);
  element('rows').append(item);
}

async function measure(): Promise<void> {
  const sizes = new URLSearchParams(location.search).has('tiny') ? TINY : FULL;
  element<HTMLButtonElement>('start').disabled = true;
  if (!('gpu' in navigator)) {
    element('state').textContent =
      'This browser has no WebGPU: use a recent Chrome or Edge, and open this page over https.';
    return;
  }
  for (const [part, run] of PARTS) {
    element('state').textContent = `Part ${part} of ${PARTS.map(([name]) => name).join(', ')} …`;
    try {
      // The checks leave tfjs on the processor, which they compare with.
      if (part !== 'adapter') await openBackend('webgpu', browserPlatform);
      await run((row) => add({ part, ...row }), sizes);
      add({ part, done: true });
    } catch (error) {
      add({ part, failed: error instanceof Error ? error.message : String(error) });
    }
  }
  element('state').textContent = 'Done. Save the rows and attach the file to an issue (the form “A GPU measurement”).';
  const save = element<HTMLAnchorElement>('save');
  save.href = URL.createObjectURL(new Blob([JSON.stringify(rows, null, 1)], { type: 'application/json' }));
  save.hidden = false;
}

element('start').addEventListener('click', () => void measure());
