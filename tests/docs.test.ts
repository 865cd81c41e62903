/** What the documents say of the code is so: paths, names, arguments, packages and the law of imports. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import project from '../package.json' with { type: 'json' };
import { EXPERIMENT_ARGUMENTS } from '../scripts/cli/experimentArgs.ts';
import { GRID_ARGUMENTS } from '../scripts/cli/gridArgs.ts';
import { formatLink, parseLink } from '../src/app/state/link.ts';
import { HEADERS } from '../src/app/offline/headers.ts';
import { SCHEME_CHANGES } from '../src/contract/schemeChanges.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');

const PAGES = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...readdirSync(join(ROOT, '.github/ISSUE_TEMPLATE')).map((name) => `.github/ISSUE_TEMPLATE/${name}`),
];

/** Pages that tell of the code as it is; docs/results.md is made of rows, and its commands name files of the user's. */
const OF_THE_CODE = PAGES.filter((page) => page !== 'docs/results.md');

/** A file or folder of this repository, wherever it is named: `src/quant`, scripts/checks/onnxChecks.ts, eslint.config.js. */
const PATH =
  /(?<![\w./-])(?:(?:src|scripts|tests|bench|e2e|docs|datasets|public|\.github)\/[\w./*-]*[\w*]|[\w.-]+\.(?:config\.ts|config\.js|json|md))(?![\w/-])/g;

/** Links go by their own test, and so do indented commands: they may name what they write. */
const prose = (text: string): string => text.replaceAll(/\]\([^)]*\)/g, ']').replaceAll(/^ {4}.*$/gm, '');

const pathsIn = (page: string): readonly string[] => [
  ...new Set([...prose(read(page)).matchAll(PATH)].map(([path]) => path)),
];

/** A name in the page's own folder, in the root, or in docs: `results/qat.jsonl` stands for docs/results/qat.jsonl. */
const isThere = (path: string, page: string): boolean =>
  [ROOT, join(ROOT, dirname(page))].some((folder) => existsSync(join(folder, path)));

describe.each(OF_THE_CODE)('%s', (page) => {
  test('every path that it names is there', () => {
    expect(pathsIn(page).filter((path) => !isThere(path, page))).toEqual([]);
  });
});

test.each(PAGES)('every link of %s leads to a file, and to a heading of it', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target)
    .filter((target) => !/^https?:/.test(target));
  const broken = links.filter((target) => {
    const [path, heading] = target.split('#');
    const file = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(ROOT, file))) return true;
    return heading !== undefined && !anchorsOf(read(file)).has(heading);
  });
  expect(broken).toEqual([]);
});

/** The anchors that a reader makes of headings, and those that a page sets itself. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set([...headings, ...[...text.matchAll(/(?:id|name)="([^"]+)"/g)].map(([, name]) => name)]);
}

/** `src/quant/affine.ts` (`quantize`, `dequantize`): a file, and names that stand in it. */
const NAMED = /`((?:src|scripts|tests|bench|e2e)\/[\w./-]+\.tsx?)` \(((?:`[\w.]+`(?:, )?)+)\)/g;

test.each(OF_THE_CODE)('every name that %s puts behind a file stands in that file', (page) => {
  const missing = [...read(page).matchAll(NAMED)].flatMap(([, file, names]) => {
    const code = existsSync(join(ROOT, file)) ? read(file) : '';
    return [...names.matchAll(/`([\w.]+)`/g)]
      .map(([, name]) => name)
      .filter((name) => !new RegExp(`\\b${name.replaceAll('.', '\\.')}\\b`).test(code))
      .map((name) => `${file} has no ${name}`);
  });
  expect(missing).toEqual([]);
});

/** A path in a comment, from the root: a file that moved takes what is said of it along. */
const IN_COMMENT = /(?<![\w./-])(?:src|scripts|tests|bench|e2e|docs)\/[\w./-]*\w/g;
/** Pillow's, not ours. */
const ELSEWHERE = new Set(['src/libImaging/Resample.c']);

test('every path that a comment of the code names is there', () => {
  const files = ['src', 'scripts', 'tests', 'bench', 'e2e'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  );
  const named = files.flatMap((file) =>
    [...read(file).matchAll(/^\s*(?:\/\*|\*|\/\/).*$/gm)].flatMap(([comment]) =>
      [...comment.matchAll(IN_COMMENT)].map(([path]) => ({ file, path })),
    ),
  );
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter(({ path }) => !ELSEWHERE.has(path) && !existsSync(join(ROOT, path)))).toEqual([]);
});

test('the scans find what they look for', () => {
  expect(pathsIn('CONTRIBUTING.md')).toEqual(
    expect.arrayContaining([
      'src/quant/types.ts',
      'eslint.config.js',
      'src/lab/engines/engines.ts',
      'package.json',
      'scripts/chromium.ts',
    ]),
  );
  expect([...read('docs/arithmetic.md').matchAll(NAMED)].length).toBeGreaterThan(20);
  expect(anchorsOf('## Repairs after rounding')).toEqual(new Set(['repairs-after-rounding']));
});

/** The rows of the table behind a comment `<!-- name -->`, cell by cell, without its head. */
function tableOf(page: string, name: string): readonly (readonly string[])[] {
  const [, table] = read(page).split(`<!-- ${name} -->\n`);
  const rows = table.split('\n<!-- end -->')[0].split('\n').slice(2);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const code = (cell: string): string | null => /^`([^`]+)`/.exec(cell)?.[1] ?? null;

const byName = (entries: readonly (readonly [string, string | null])[]): Record<string, string | null> =>
  Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));

describe('the arguments', () => {
  test.each([
    ['experiment', EXPERIMENT_ARGUMENTS],
    ['grid', GRID_ARGUMENTS],
  ])('docs/twin.md has every argument of npm run %s, with its default, and no other', (script, known) => {
    const rows = tableOf('docs/twin.md', `arguments: ${script}`);
    const told = rows.map(([name, value]) => [code(name)?.replace(/^--/, '') ?? name, code(value)] as const);
    expect(told).toHaveLength(Object.keys(known).length);
    expect(byName(told)).toEqual(byName(Object.entries(known)));
    for (const [name, , about] of rows) expect(about, name).not.toBe('');
  });

  test('docs/links.md has every name of a link, with its default, and no other', () => {
    const { link } = parseLink('');
    const told = tableOf('docs/links.md', 'arguments: link').map(
      ([name, value]) => [code(name) ?? name, code(value) ?? ''] as const,
    );
    const known = Object.entries(link).map(([name, value]) => [name, String(value)] as const);
    expect(told).toHaveLength(known.length);
    expect(byName(told)).toEqual(byName(known));
    expect(told.map(([name]) => name)).toEqual(expect.arrayContaining([...SCHEME_CHANGES]));
  });

  test('each example of docs/links.md sets its own name to something else than the default', () => {
    for (const [name, , , example] of tableOf('docs/links.md', 'arguments: link')) {
      const fragment = code(example) ?? '';
      expect(fragment).toMatch(new RegExp(`^#${code(name)}=`));
      const { link, problems } = parseLink(fragment);
      expect(problems).toEqual([]);
      expect(formatLink(link)).toContain(`${code(name)}=`);
    }
  });
});

test('the table of packages has those of package.json, each once', () => {
  const told = tableOf('CONTRIBUTING.md', 'packages').flatMap(([names]) =>
    [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  );
  expect(told.toSorted()).toEqual(Object.keys({ ...project.dependencies, ...project.devDependencies }).toSorted());
  for (const [names, why] of tableOf('CONTRIBUTING.md', 'packages')) expect(why, names).not.toBe('');
});

describe('README.md', () => {
  test('has the two commands', () => {
    expect(read('README.md')).toContain('\n    npm ci && npm start\n');
    expect(read('README.md')).toContain('\n    npm ci && npm test\n');
  });

  test('is one screen, and leads to every page of docs', () => {
    expect(read('README.md').split(/\s+/).length).toBeLessThan(700);
    const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
    expect(pages.filter((name) => !read('README.md').includes(`(docs/${name})`))).toEqual([]);
  });
});

type House = Readonly<Record<string, { readonly folders: readonly string[] }>>;

describe('docs/architecture.md', () => {
  test('says of each folder of src what the linter lets it import', async () => {
    const config = join(ROOT, 'eslint.config.js');
    const { HOUSE } = (await import(config)) as { HOUSE: House };
    const told = tableOf('docs/architecture.md', 'folders').map(([folder, , may]) => [
      code(folder)?.replace(/^src\//, ''),
      [...may.matchAll(/`([^`]+)`/g)].map(([, name]) => name).toSorted(),
    ]);
    const known = Object.entries(HOUSE).map(([folder, { folders }]) => [folder, folders.toSorted()]);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(known));
    const folders = readdirSync(join(ROOT, 'src')).filter((name) => statSync(join(ROOT, 'src', name)).isDirectory());
    expect(known.map(([folder]) => folder)).toEqual(expect.arrayContaining(folders));
  });

  test('has every room of the lab', () => {
    const rooms = readdirSync(join(ROOT, 'src/lab')).filter((name) =>
      statSync(join(ROOT, 'src/lab', name)).isDirectory(),
    );
    const told = tableOf('docs/architecture.md', 'rooms').map(([room]) => code(room)?.replace(/^src\/lab\//, ''));
    expect(told.toSorted()).toEqual(rooms.toSorted());
  });
});

test('docs/hosting.md says the headers as the page has them, in each host’s way', () => {
  const page = read('docs/hosting.md');
  for (const [name, value] of Object.entries(HEADERS)) {
    expect(page).toContain(`    ${name}: ${value}\n`);
    expect(page).toContain(`add_header ${name} ${/[;']/.test(value) ? `"${value}"` : value} always;`);
    expect(page).toContain(`Header set ${name} "${value}"`);
    expect(page).toContain(`      ${name}: ${value}\n`);
  }
});
