/** WebGPU in Node, by the npm package webgpu (Dawn): the environment that it needs to find a GPU, or Chromium's software one. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { adapterName } from '../../../src/base/text/adapterName.ts';

const DRIVER = 'vk_swiftshader_icd.json';
/** Beside the browser's executable, or where Debian puts it. */
const FOLDERS = ['/usr/lib/chromium', '/usr/lib64/chromium', '/opt/google/chrome'];

/**
 * Environment variables for a child process: Chromium's Vulkan loader and software driver, where nothing is set.
 * @param chromium path of a Chromium, whose folder is looked at first
 * @returns null when there is no driver to be found
 */
export function nodeGpuEnvironment(chromium: string): Readonly<Record<string, string>> | null {
  if (process.env.VK_ICD_FILENAMES) return {};
  const folder = [dirname(chromium), ...FOLDERS].find((candidate) => existsSync(join(candidate, DRIVER)));
  return folder === undefined
    ? null
    : {
        VK_ICD_FILENAMES: join(folder, DRIVER),
        LD_LIBRARY_PATH: [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
      };
}

/** Gives Node a navigator.gpu. @returns the adapter's name, or null where there is none */
export async function installNodeGpu(): Promise<string | null> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  // A layer takes less than a tick of the clock that Dawn gives by default.
  const gpu = create(['disable-dawn-features=timestamp_quantization']);
  Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'node' }, configurable: true });
  const adapter = await navigator.gpu.requestAdapter();
  return adapter && adapterName(adapter.info);
}

/** @throws where there is no adapter */
export async function requireNodeGpu(): Promise<void> {
  if (!(await installNodeGpu()))
    throw new Error('WebGPU offers no adapter here: is there a Vulkan driver? CONTRIBUTING.md says how to name one.');
}
