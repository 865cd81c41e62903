/**
 * The kit's program, bundled into one file by pack.ts: `sh run [--minutes 8] [--tiny]` starts it. Each part is a process of its own
 * with a time limit; its rows are written to rows.jsonl as they come, and whatever fails, the next part runs.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { requireNodeGpu } from '../checks/webgpu/nodeGpu.ts';
import { parseCifarBinary } from '../../src/data/formats/cifarBinary.ts';
import { FULL, TINY, type Emit } from './parts/sizes.ts';

/** Each part's share of the time; training has what is left. */
const SHARES = { adapter: 0.03, checks: 0.17, kernels: 0.1, networks: 0.2, steps: 0.2, training: 1 } as const;
type Part = keyof typeof SHARES;
const PARTS = Object.keys(SHARES) as Part[];

const HERE = dirname(fileURLToPath(import.meta.url));
const ROWS = join(HERE, 'rows.jsonl');

const isTiny = process.argv.includes('--tiny');
const valueOf = (name: string): string | undefined => process.argv[process.argv.indexOf(name) + 1];

function write(row: Readonly<Record<string, unknown>>): void {
  const line = JSON.stringify(row);
  appendFileSync(ROWS, `${line}\n`);
  console.log(line);
}

const partWords = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One part, in this process. */
async function runPart(part: Part, seconds: number): Promise<void> {
  const start = performance.now();
  const emit: Emit = (row) => write({ part, ...row });
  const sizes = isTiny ? TINY : FULL;
  await requireNodeGpu();
  if (part === 'adapter') {
    const { adapterPart } = await import('./parts/adapter.ts');
    await adapterPart((row) => emit({ node: process.version, commit: process.env.FEWBIT_COMMIT, ...row }));
  } else {
    // tfjs looks for navigator.gpu as it is loaded.
    const { openBackend } = await import('../../src/tensor/backend.ts');
    const { nodePlatform } = await import('../../src/tensor/wasm/node.ts');
    await openBackend('webgpu', nodePlatform);
    switch (part) {
      case 'checks':
        await (await import('./parts/checks.ts')).checksPart(emit, sizes);
        break;
      case 'kernels':
        await (await import('./parts/kernels.ts')).kernelsPart(emit, sizes);
        break;
      case 'networks':
        await (await import('./parts/networks.ts')).networksPart(emit, sizes);
        break;
      case 'steps':
        await (await import('./parts/steps.ts')).stepsPart(emit, sizes);
        break;
      case 'training': {
        const { trainingPart } = await import('./parts/training.ts');
        const images = isTiny ? (await import('./parts/colours.ts')).tinyImages() : packedImages();
        await trainingPart(emit, sizes, images, seconds, async (name, bytes) => writeFileSync(join(HERE, name), bytes));
      }
    }
  }
  emit({ done: true, seconds: Number(((performance.now() - start) / 1000).toFixed(1)) });
}

function packedImages() {
  const [train, test] = ['train', 'test'].map((name) =>
    parseCifarBinary(new Uint8Array(gunzipSync(readFileSync(join(HERE, `${name}.bin.gz`)))), `${name}.bin`),
  );
  return { train, test };
}

/** A part as a process of its own, ended when its time is over. */
function startPart(part: Part, seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [...process.execArgv, ...process.argv.slice(1), '--part', part, '--seconds', String(seconds)],
      {
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    );
    const timer = setTimeout(() => {
      write({ part, failed: `ended: its ${Math.round(seconds)} seconds were over` });
      child.kill('SIGKILL');
    }, 1000 * seconds);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (code !== 0 && signal !== 'SIGKILL') write({ part, failed: `its process ended with ${code ?? signal}` });
      resolve();
    });
  });
}

async function main(): Promise<void> {
  const part = process.argv.includes('--part') ? (valueOf('--part') as Part) : null;
  if (part) {
    await runPart(part, Number(valueOf('--seconds'))).catch((error: unknown) =>
      write({ part, failed: partWords(error) }),
    );
    // Dawn's threads would keep the process.
    process.exit(0);
  }
  const seconds = 60 * Number(process.argv.includes('--minutes') ? valueOf('--minutes') : 8);
  if (!(seconds > 0)) throw new Error('--minutes wants a number above 0.');
  writeFileSync(ROWS, '');
  const start = performance.now();
  for (const each of PARTS) {
    const left = seconds - (performance.now() - start) / 1000;
    await startPart(each, Math.max(1, Math.min(left, SHARES[each] * seconds)));
  }
  console.log(`All rows are in ${ROWS}: attach it to an issue, with whatever else ran on the machine.`);
}

await main();
