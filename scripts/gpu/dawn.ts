/** What the package `webgpu` exports, from the one addon that lies beside the bundle: pack.ts puts it in the package's place. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

type Dawn = { readonly create: (options: string[]) => GPU; readonly globals: object };

const folder = dirname(fileURLToPath(import.meta.url));
const addon = join(folder, 'dawn.node');
if (!existsSync(addon)) writeFileSync(addon, gunzipSync(readFileSync(`${addon}.gz`)));

export const { create, globals } = createRequire(import.meta.url)(addon) as Dawn;
