/** LiteRT.js for the engine bench: installed into the ignored cache when it is asked for, and served from there. */
import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Plugin } from 'vite';
import { ISOLATION } from '../../src/app/offline/headers.ts';
import { PROJECT } from '../../src/lab/hosts/node.ts';

export const LITERT_VERSION = '2.5.3';

const CACHE = join(PROJECT, '.cache', 'litert');
const PACKAGES = join(CACHE, 'node_modules', '@litertjs');

/** MLPerf Tiny's names for its ResNet-8. */
const FILES = { 'float32.tflite': 'pretrainedResnet.tflite', 'int8.tflite': 'pretrainedResnet_quant.tflite' } as const;

/** @throws Error when npm cannot install it */
export function installLiteRt(): void {
  const manifest = join(PACKAGES, 'core', 'package.json');
  const installed = existsSync(manifest)
    ? (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
    : null;
  if (installed === LITERT_VERSION) return;
  mkdirSync(CACHE, { recursive: true });
  const name = `@litertjs/core@${LITERT_VERSION}`;
  try {
    execFileSync(
      'npm',
      ['install', '--prefix', CACHE, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', name],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
  } catch (cause) {
    throw new Error(`npm could not install ${name} into .cache/litert. Try again, or leave --litert out.`, { cause });
  }
}

/** Replaces a text that must be there. */
function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from))
    throw new Error(`@litertjs/core ${LITERT_VERSION} does not read as expected: no ${from} in it.`);
  return text.replace(from, to);
}

/**
 * The library as one module worker can load it: its other package by address, its script evaluated (a module worker has no
 * importScripts) and told where its .wasm is, and int8, which its table of element types lacks.
 */
function scripts(): ReadonlyMap<string, string> {
  const core = readFileSync(join(PACKAGES, 'core', 'dist', 'index.js'), 'utf8');
  const utils = readFileSync(join(PACKAGES, 'wasm-utils', 'dist', 'bundle.js'), 'utf8');
  const int8 = '{ dtype: "int8", typedArrayConstructor: Int8Array, elementType: ElementType.INT8 },';
  const locator = '{ locateFile: (name) => new URL(name, jsFilePath).href }';
  return new Map([
    [
      'core.js',
      [
        ['"@litertjs/wasm-utils"', '"./wasm-utils.js"'],
        ['var DATATYPES = Object.freeze([', `var DATATYPES = Object.freeze([${int8}`],
        ['createWasmLib(LiteRt, jsFilePath)', `createWasmLib(LiteRt, jsFilePath, null, null, ${locator})`],
      ].reduce((text, [from, to]) => replaced(text, from, to), core),
    ],
    [
      'wasm-utils.js',
      replaced(
        utils,
        'importScripts(scriptUrl.toString());',
        '(0, eval)(await (await fetch(scriptUrl.toString())).text());',
      ),
    ],
  ]);
}

/**
 * @param folder of MLPerf Tiny's two files
 * @throws Error when one of them is not there
 */
export function serveLiteRt(folder: string): Plugin {
  const models = new Map(Object.entries(FILES).map(([name, file]) => [name, resolve(folder, file)]));
  for (const file of models.values()) {
    if (!existsSync(file)) throw new Error(`--litert ${folder}: there is no ${file}.`);
  }
  const texts = scripts();
  return {
    name: 'litert',
    configurePreviewServer({ middlewares }) {
      middlewares.use('/litert', (request, response, next) => {
        const name = (request.url ?? '').split('?')[0].slice(1);
        for (const [header, value] of Object.entries(ISOLATION)) response.setHeader(header, value);
        const text = texts.get(name);
        if (text !== undefined) {
          response.setHeader('Content-Type', 'text/javascript');
          response.end(text);
          return;
        }
        const file = models.get(name) ?? (/^wasm\/[\w.]+$/.test(name) ? join(PACKAGES, 'core', name) : null);
        if (file === null || !existsSync(file)) return next();
        const type = name.endsWith('.js') ? 'text/javascript' : name.endsWith('.wasm') ? 'application/wasm' : null;
        response.setHeader('Content-Type', type ?? 'application/octet-stream');
        createReadStream(file).pipe(response);
      });
    },
  };
}
