/** What the package `webgpu` exports, from the kit's one addon: pack.ts puts this in the package's place. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

type Dawn = { readonly create: (options: string[]) => GPU; readonly globals: object };

const here = dirname(fileURLToPath(import.meta.url));
/** Beside the bundle, or where the twin's is three folders down. */
const [folder = here] = [here, join(here, '../../..')].filter((each) => existsSync(join(each, 'kit.mjs')));
const addon = join(folder, 'dawn.node');
if (!existsSync(addon)) {
  // Under a name of its own, and then renamed: several may start at once.
  const part = `${addon}.${process.pid}`;
  writeFileSync(part, gunzipSync(readFileSync(`${addon}.gz`)));
  renameSync(part, addon);
}

export const { create, globals } = createRequire(import.meta.url)(addon) as Dawn;
