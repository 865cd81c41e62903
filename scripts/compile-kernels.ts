/** Compiles src/tensor/wasm/assembly (AssemblyScript) into src/tensor/wasm/kernels.wasm.ts, for both kinds of memory. */
import { writeFile } from 'node:fs/promises';
import asc from 'assemblyscript/asc';

/** Each exports kernels; totals.ts, which they share, does not. */
const SOURCES = ['kernels.ts', 'fakeQuantize.ts'].map((file) => `src/tensor/wasm/assembly/${file}`);
export const TARGET = 'src/tensor/wasm/kernels.wasm.ts';

const COMMON = ['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--initialMemory', '1', '--enable', 'simd', '--use', 'abort='];
const SHARED = ['--sharedMemory', '--maximumMemory', '65536', '--enable', 'threads'];

async function compile(flags: readonly string[]): Promise<string> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main([...SOURCES, ...flags, '--outFile', 'kernels.wasm'], {
    writeFile: (name, contents) => {
      if (name === 'kernels.wasm' && typeof contents !== 'string') binary = contents;
    },
  });
  if (error || !binary) throw new Error(`${SOURCES.join(', ')}: does not compile: ${error?.message ?? ''}\n${stderr.toString()}`);
  return Buffer.from(binary).toString('base64');
}

/** The text of the generated module. */
export async function compileKernels(): Promise<string> {
  const [plain, shared] = [await compile(COMMON), await compile([...COMMON, ...SHARED])];
  return [
    '/** Generated from assembly/ by `npm run kernels`; a test compiles it again and compares. */',
    `export const KERNELS_PLAIN_MEMORY =\n  '${plain}';`,
    `export const KERNELS_SHARED_MEMORY =\n  '${shared}';`,
    '',
  ].join('\n');
}

if (process.argv[1]?.endsWith('compile-kernels.ts')) {
  await writeFile(TARGET, await compileKernels());
  console.log(`${TARGET} written`);
}
