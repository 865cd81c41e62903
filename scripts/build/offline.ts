/** The build's service worker at the page's root, and offline.json: every file with its length and SHA-256. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { build, type Plugin } from 'vite';
import { LIST, type OfflineFile } from '../../src/app/offline/copy.ts';

const WORKER = 'sw.js';

const fingerprint = (bytes: Uint8Array) => ({
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

const listed = (path: string, bytes: Uint8Array): OfflineFile => ({
  path,
  ...fingerprint(bytes),
  ...(path.endsWith('.gz') ? { unpacked: fingerprint(gunzipSync(bytes)) } : {}),
});

/** offline.json of these files: its version is that of all their bytes. */
export function offlineListOf(files: Iterable<readonly [path: string, bytes: Uint8Array]>): string {
  const all = [...files]
    .filter(([path]) => path !== WORKER && path !== LIST && !path.endsWith('.map'))
    .map(([path, bytes]) => listed(path, bytes))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const version = fingerprint(new TextEncoder().encode(JSON.stringify(all))).sha256.slice(0, 16);
  return JSON.stringify({ version, files: all });
}

/** Every file below a folder, by its path in it. */
export const filesBelow = (folder: string): Map<string, Buffer> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(folder, path).replaceAll('\\', '/'), readFileSync(path)]),
  );

/**
 * The worker is a build of its own, in one file: nothing that it imports may be gone after a deploy. Our own some 130 lines
 * instead of Workbox, which has no COOP and COEP on every answer, and neither checks by hash nor swaps whole copies.
 */
export function offline(): Plugin {
  let outDir = '';
  return {
    name: 'offline',
    apply: 'build',
    configResolved: (config) => void (outDir = config.build.outDir),
    async closeBundle() {
      await build({
        configFile: false,
        publicDir: false,
        logLevel: 'error',
        build: {
          target: 'es2022',
          outDir,
          emptyOutDir: false,
          rolldownOptions: {
            checks: { pluginTimings: false },
            input: 'src/app/offline/serviceWorker.ts',
            output: { entryFileNames: WORKER, format: 'iife' },
          },
        },
      });
      writeFileSync(join(outDir, LIST), offlineListOf(filesBelow(outDir)));
    },
  };
}

/** The policy as a meta tag, for hosts that can set no headers; the dev server needs inline scripts, so in builds alone. */
export const policyTag = (policy: string): Plugin => ({
  name: 'policy-tag',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: policy },
      injectTo: 'head-prepend',
    },
  ],
});
