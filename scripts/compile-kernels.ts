/** Compiles the AssemblyScript of each room that has kernels into a module of base64 text beside it: `npm run kernels`. */
import { writeFile } from 'node:fs/promises';
import asc from 'assemblyscript/asc';

const COMMON = [
  '-O3',
  '--noAssert',
  '--runtime',
  'stub',
  '--importMemory',
  '--initialMemory',
  '1',
  '--enable',
  'simd',
  '--use',
  'abort=',
];
const RELAXED = ['--enable', 'relaxed-simd'];
const SHARED = ['--sharedMemory', '--maximumMemory', '65536', '--enable', 'threads'];

type Target = {
  /** Each exports kernels; what they share does not. */
  readonly sources: readonly string[];
  readonly file: string;
  /** One constant for each kind of memory that the kernels may be given. */
  readonly constants: Readonly<Record<string, readonly string[]>>;
};

export const TARGETS: readonly Target[] = [
  {
    sources: ['kernels.ts', 'depthwise.ts', 'fakeQuantize.ts'].map((file) => `src/tensor/wasm/assembly/${file}`),
    file: 'src/tensor/wasm/kernels.wasm.ts',
    constants: { KERNELS_PLAIN_MEMORY: COMMON, KERNELS_SHARED_MEMORY: [...COMMON, ...SHARED] },
  },
  {
    sources: ['src/quant/assembly/kernels.ts'],
    file: 'src/quant/kernels.wasm.ts',
    constants: { QUANT_KERNELS: COMMON },
  },
  {
    sources: ['src/integer/reference/assembly/kernels.ts'],
    file: 'src/integer/reference/kernels.wasm.ts',
    constants: { INTEGER_KERNELS: COMMON },
  },
  {
    sources: ['src/integer/wasm/assembly/program.ts'],
    file: 'src/integer/wasm/kernels.wasm.ts',
    constants: {
      RELAXED_SHARED: [...COMMON, ...RELAXED, ...SHARED],
      RELAXED_PLAIN: [...COMMON, ...RELAXED],
      STANDARD_SHARED: [...COMMON, ...SHARED],
      STANDARD_PLAIN: COMMON,
    },
  },
];

async function compile(sources: readonly string[], flags: readonly string[]): Promise<string> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main([...sources, ...flags, '--outFile', 'kernels.wasm'], {
    writeFile: (name, contents) => {
      if (name === 'kernels.wasm' && typeof contents !== 'string') binary = contents;
    },
  });
  if (error || !binary)
    throw new Error(`${sources.join(', ')}: does not compile: ${error?.message ?? ''}\n${stderr.toString()}`);
  return Buffer.from(binary).toString('base64');
}

/** The text of the generated module. */
export async function compileKernels({ sources, constants }: Target): Promise<string> {
  const lines = ['/** Generated from assembly/ by `npm run kernels`; a test compiles it again and compares. */'];
  for (const [name, flags] of Object.entries(constants)) {
    lines.push(`export const ${name} =\n  '${await compile(sources, flags)}';`);
  }
  return [...lines, ''].join('\n');
}

if (process.argv[1]?.endsWith('compile-kernels.ts')) {
  for (const target of TARGETS) {
    await writeFile(target.file, await compileKernels(target));
    console.log(`${target.file} written`);
  }
}
