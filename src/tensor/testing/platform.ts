/** For suites that run over every backend: where they run, and what there is to compare with the CPU backend. */
import type { BackendName, Platform } from '../backend.ts';

const inNode = typeof process !== 'undefined' && Boolean(process.versions?.node);

export const platformHere = async (): Promise<Platform> =>
  inNode ? (await import('../wasm/node.ts')).nodePlatform : (await import('../wasm/browser.ts')).browserPlatform;

/** Node has no WebGPU; Chromium has (SwiftShader's, where there is no GPU). */
export const backendsHere: readonly BackendName[] = inNode ? ['wasm'] : ['wasm', 'webgpu'];
