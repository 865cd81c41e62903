/** The house as it stands: no circles of imports, no crowded folders, nothing heavy on the page's first load. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** A folder that holds more says why here. */
const MOST_FILES = 15;
const LONGER: Readonly<Record<string, string>> = {
  'src/app/words': 'one table of words for each screen',
};

const IS_CODE = /\.tsx?$/;
const IS_TEST = /\.test\.tsx?$|\/testing\/|\/assembly\//;

const FILES = readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && IS_CODE.test(entry.name))
  .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));

const CODE = FILES.filter((file) => !IS_TEST.test(file));

type Import = { readonly target: string; readonly types: boolean; readonly lazy: boolean };

/** What a file imports or exports from: other files of the house by their path, packages by their name. */
function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const statements = [...text.matchAll(/^(?:import|export)\s+(type\s)?[^;'"]*?from\s+['"]([^'"]+)['"]/gm)].map(
    ([, types, target]) => ({ target, types: types !== undefined, lazy: false }),
  );
  const bare = [...text.matchAll(/^import\s+['"]([^'"]+)['"]/gm)].map(([, target]) => ({
    target,
    types: false,
    lazy: false,
  }));
  const lazy = [...text.matchAll(/import\(\s*['"]([^'"]+)['"]\s*\)/g)].map(([, target]) => ({
    target,
    types: false,
    lazy: true,
  }));
  return [...statements, ...bare, ...lazy].map((found) =>
    found.target.startsWith('.') ? { ...found, target: normalize(join(dirname(file), found.target)) } : found,
  );
}

const IMPORTS = new Map(FILES.map((file) => [file, importsOf(file)]));

/** Strongly connected parts of more than one member (Tarjan 1972). */
function circles(edges: ReadonlyMap<string, Iterable<string>>): string[][] {
  const found: string[][] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node) as number, low.get(next) as number));
    }
    if (low.get(node) !== index.get(node)) return;
    const members = stack.splice(stack.indexOf(node));
    if (members.length > 1) found.push(members);
  };
  for (const node of edges.keys()) if (!index.has(node)) visit(node);
  return found;
}

test('the search for circles finds one', () => {
  const edges = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['b', 'd']],
    ['d', []],
  ]);
  expect(circles(edges)).toEqual([['b', 'c']]);
});

test('no two files import each other in a circle, types included', () => {
  expect(FILES.length).toBeGreaterThan(300);
  const edges = new Map(
    [...IMPORTS].map(([file, imports]) => [
      file,
      imports.map(({ target }) => target).filter((name) => IMPORTS.has(name)),
    ]),
  );
  expect(circles(edges)).toEqual([]);
});

test('the rooms of the lab stand in an order: none imports one that imports it', () => {
  const edges = new Map<string, Set<string>>();
  for (const file of CODE.filter((name) => name.startsWith('src/lab/'))) {
    const others = edges.get(dirname(file)) ?? new Set();
    edges.set(dirname(file), others);
    for (const { target } of importsOf(file)) {
      if (target.startsWith('src/lab/') && dirname(target) !== dirname(file)) others.add(dirname(target));
    }
  }
  expect(circles(edges)).toEqual([]);
});

test('no folder is crowded', () => {
  const counts = new Map<string, number>();
  for (const file of CODE) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  const crowded = [...counts].filter(([folder, count]) => count > MOST_FILES && !(folder in LONGER));
  expect(crowded).toEqual([]);
});

test('what the page loads first reaches no tfjs and no onnxruntime', () => {
  const seen = new Set<string>();
  const heavy: string[] = [];
  const walk = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { target, types, lazy } of IMPORTS.get(file) ?? []) {
      if (types || lazy) continue;
      if (/^(@tensorflow|onnxruntime)/.test(target)) heavy.push(`${file} imports ${target}`);
      if (IMPORTS.has(target)) walk(target);
    }
  };
  walk('src/app/main.tsx');
  expect(seen.size).toBeGreaterThan(50);
  expect(heavy).toEqual([]);
});

test('the page imports of the lab only its client', () => {
  const others = CODE.filter((file) => file.startsWith('src/app/')).flatMap((file) =>
    importsOf(file).filter(({ target }) => target.startsWith('src/lab/') && !target.startsWith('src/lab/rpc/')),
  );
  expect(others).toEqual([]);
});
