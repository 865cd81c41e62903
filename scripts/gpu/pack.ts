/**
 * The GPU kit: one folder that measures everything on a bare Linux x64 machine with a Vulkan driver, and nothing else.
 * `npm run gpu:pack -- [--out .cache/gpu-kit] [--data FOLDER] [--megabytes 58] [--plain] [--twin]`
 * --data names the six .bin files of CIFAR-10; without it the bundled sample goes in. --plain copies Node as it is, for a dry run.
 * --twin adds the headless twin and the script that repairs.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { CIFAR_IMAGE_BYTES } from '../../src/data/formats/cifarBinary.ts';
import { commitOf } from '../commit.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
const TEST_IMAGES = 2000;

/** Unpacks Node where that is still to do, with whatever can; then runs the program. Only the shell is taken for granted. */
const RUN = `#!/bin/sh
# Measures this machine's GPU: sh run [--minutes 8]. Rows go to rows.jsonl, each as soon as it is known.
cd "$(CDPATH= cd -- "\${0%/*}" 2>/dev/null && pwd || pwd)" || exit 1
if [ ! -x ./node ]; then
  for xz in xz /usr/bin/xz /bin/xz; do "$xz" -dc node.xz > node 2>/dev/null && break; done
  if [ ! -s node ]; then
    for python in python3 /usr/bin/python3 /usr/local/bin/python3; do
      "$python" -c 'import lzma, shutil; shutil.copyfileobj(lzma.open("node.xz"), open("node", "wb"))' 2>/dev/null && break
    done
  fi
  if [ ! -s node ]; then echo "run: neither xz nor python3 is here to unpack node.xz." >&2; exit 1; fi
  for chmod in chmod /bin/chmod /usr/bin/chmod; do "$chmod" +x node 2>/dev/null && break; done
fi
export FEWBIT_COMMIT=@COMMIT@
case "$1" in
  twin | calibrate) if [ ! -d twin ]; then echo "run: there is no twin in this kit; pack it with --twin." >&2; exit 1; fi ;;
esac
case "$1" in
  twin) shift; exec ./node twin/bin/js/experiment.mjs "$@" ;;
  calibrate) shift; exec ./node --import ./twin/bin/js/preload.mjs twin/bin/js/calibrate.mjs "$@" ;;
esac
exec ./node kit.mjs "$@"
`;

const BANNER = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`;

const BUNDLE = {
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  banner: { js: BANNER },
  alias: { webgpu: join(PROJECT, 'scripts/gpu/dawn.ts') },
  logLevel: 'error',
} as const;

/** Three folders down, as the sources are: the kit is then to the twin what the project is, with its data in .cache. */
async function packTwin(out: string): Promise<void> {
  await build({
    ...BUNDLE,
    entryPoints: ['scripts/cli/experiment.ts', 'scripts/results/calibrate.ts', 'scripts/checks/webgpu/preload.ts'].map(
      (script) => join(PROJECT, script),
    ),
    entryNames: '[name]',
    outdir: join(out, 'twin/bin/js'),
    outExtension: { '.js': '.mjs' },
    splitting: true,
    external: ['onnxruntime-node'],
  });
  for (const part of ['public/models', 'datasets/cifar10-sample'])
    cpSync(join(PROJECT, part), join(out, part), { recursive: true });
}

function stripped(from: string, to: string): void {
  copyFileSync(from, to);
  chmodSync(to, 0o755);
  try {
    execFileSync('strip', [to]);
  } catch {
    console.error(`strip is not here: ${to} stays as large as it is.`);
  }
}

export type PackOptions = {
  readonly out: string;
  readonly data?: string;
  readonly megabytes: number;
  readonly plain: boolean;
  readonly twin: boolean;
};

/** @returns bytes of each file of the kit */
export async function pack({
  out,
  data,
  megabytes,
  plain,
  twin,
}: PackOptions): Promise<Readonly<Record<string, number>>> {
  const addon = join(PROJECT, 'node_modules/webgpu/dist/linux-x64/dawn.node');
  if (!existsSync(addon)) throw new Error(`${addon} is not there: run npm ci first.`);
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('The kit holds the Node that packs it, so it is packed on Linux x64.');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await build({ ...BUNDLE, entryPoints: [join(PROJECT, 'scripts/gpu/kit.ts')], outfile: join(out, 'kit.mjs') });
  if (twin) await packTwin(out);
  writeFileSync(join(out, 'run'), RUN.replace('@COMMIT@', commitOf(PROJECT) ?? 'unknown'), { mode: 0o755 });
  copyFileSync(join(PROJECT, 'public/models/resnet20-cifar10.safetensors'), join(out, 'resnet20-cifar10.safetensors'));
  if (plain) {
    copyFileSync(process.execPath, join(out, 'node'));
    copyFileSync(addon, join(out, 'dawn.node'));
  } else {
    stripped(process.execPath, join(out, 'node'));
    execFileSync('xz', ['-6', join(out, 'node')]);
    stripped(addon, join(out, 'dawn.node'));
    writeFileSync(join(out, 'dawn.node.gz'), gzipSync(readFileSync(join(out, 'dawn.node')), { level: 9 }));
    rmSync(join(out, 'dawn.node'));
  }
  const used = Object.values(sizesOf(out)).reduce((sum, bytes) => sum + bytes, 0);
  if (data) packImages(out, data, megabytes * 1e6 - used);
  else
    for (const name of ['train.bin.gz', 'test.bin.gz'])
      copyFileSync(join(PROJECT, 'datasets/cifar10-sample', name), join(out, name));
  return sizesOf(out);
}

/** As many training images as fit; pixels hardly compress, so a first part tells how large the rest becomes. */
function packImages(out: string, data: string, room: number): void {
  const test = gzipSync(readFileSync(join(data, 'test_batch.bin')).subarray(0, TEST_IMAGES * CIFAR_IMAGE_BYTES));
  writeFileSync(join(out, 'test.bin.gz'), test);
  const all = Buffer.concat([1, 2, 3, 4, 5].map((i) => readFileSync(join(data, `data_batch_${i}.bin`))));
  const bytesOfImage = (1.01 * test.length) / TEST_IMAGES;
  const count = Math.min(all.length / CIFAR_IMAGE_BYTES, Math.floor((room - test.length) / bytesOfImage));
  if (count < 1) throw new Error('There is no room for images: give more --megabytes.');
  writeFileSync(join(out, 'train.bin.gz'), gzipSync(all.subarray(0, count * CIFAR_IMAGE_BYTES)));
}

const sizesOf = (folder: string): Record<string, number> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => [name, statSync(join(folder, name))] as const)
      .flatMap(([name, stat]) => (stat.isFile() ? [[name, stat.size]] : [])),
  );

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: join(PROJECT, '.cache/gpu-kit') },
      data: { type: 'string' },
      megabytes: { type: 'string', default: '58' },
      plain: { type: 'boolean', default: false },
      twin: { type: 'boolean', default: false },
    },
  });
  const sizes = await pack({ ...values, megabytes: Number(values.megabytes) });
  const total = Object.values(sizes).reduce((sum, bytes) => sum + bytes, 0);
  console.log(JSON.stringify({ folder: values.out, bytes: total, files: sizes }));
}

if (process.argv[1]?.endsWith('pack.ts')) await main();
