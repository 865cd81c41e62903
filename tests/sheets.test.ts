/** A screen's own sheet styles that screen alone: it stays loaded when another is shown, so what it names must not stand there. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { expect, test } from 'vitest';

const APP = join(import.meta.dirname, '..', 'src', 'app');
const SCREENS = join(APP, 'screens');

const files = readdirSync(APP, { recursive: true, encoding: 'utf8' }).map((path) => join(APP, path));
const texts = files
  .filter((path) => path.endsWith('.tsx') && !path.includes('.test.'))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

/** Classes that a sheet styles wherever they stand: the subject of a selector that names nothing else. */
function bareClasses(sheet: string): ReadonlySet<string> {
  const selectors = sheet
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .replaceAll(/\{[^{}]*\}/g, '{}')
    .replaceAll(/\([^()]*\)/g, '()')
    .split(/[{},]/);
  return new Set(selectors.flatMap((selector) => /^\s*\.([\w-]+)\s*$/.exec(selector)?.[1] ?? []));
}

/** Files outside of `folder` that give an element this class. */
function usedOutside(name: string, folder: string): readonly string[] {
  const used = new RegExp(`className=(?:"|\\{[^}]*['"\`])(?:[^"'\`]* )?${name}(?:[ "'\`]|\\$)`);
  return texts
    .filter(({ path, text }) => !path.startsWith(folder + sep) && used.test(text))
    .map(({ path }) => relative(APP, path));
}

test('a class alone is seen, whatever stands beside it in a list; one under another is not', () => {
  expect([
    ...bareClasses('/* .no {} */ .a,\n.b { c: d; } .x .e { } @media print { .f { g: h } } .i:hover { }'),
  ]).toEqual(['a', 'b', 'f']);
});

test('no screen styles what another part of the page shows', () => {
  // layer/ is no screen: it is what the screens about single layers share.
  const shared = join(SCREENS, 'layer') + sep;
  const sheets = files.filter(
    (path) => path.startsWith(SCREENS + sep) && !path.startsWith(shared) && path.endsWith('.css'),
  );
  expect(sheets.length).toBeGreaterThan(8);
  const leaks = sheets.flatMap((sheet) =>
    [...bareClasses(readFileSync(sheet, 'utf8'))].flatMap((name) =>
      usedOutside(name, dirname(sheet)).map((path) => `.${name} of ${relative(APP, sheet)} in ${path}`),
    ),
  );
  expect(leaks).toEqual([]);
});
