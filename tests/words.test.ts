/** All words of the page are in words/: what a person reads or hears is nowhere else, so that one table translates it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const APP = join(import.meta.dirname, '..', 'src', 'app');

/** Attributes that a person reads or hears. */
const SPOKEN = new Set(['aria-label', 'aria-valuetext', 'aria-description', 'title', 'alt', 'placeholder', 'label']);
/** Attributes and calls whose strings are for the machine. */
const MACHINE = /^(?:className|d|transform|viewBox|id|key|style|href|points|data-.+|aria-labelledby|aria-controls)$/;
/** What a letter of any language is; a sign alone is no word. */
const LETTERS = /\p{L}{2}/u;
const SENTENCE = /\p{L}{2,}[,;:]? \p{L}{2,}/u;

/** Files whose sentences answer a damaged file or a wrong link, as src/lab's do: not yet in the table. */
const ERRORS = new Set([
  'main.tsx',
  'state/link.ts',
  'files/sessionFile.ts',
  'chart/picture.ts',
  'offline/store.ts',
  'datasets/dropped.ts',
]);

const textOf = (node: ts.Node): string =>
  ts.isStringLiteralLike(node) || ts.isJsxText(node)
    ? node.text
    : ts.isTemplateExpression(node)
      ? [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' ').replace(/ +/g, ' ')
      : '';

function ofMachine(node: ts.Node): boolean {
  for (let at: ts.Node | undefined = node; at; at = at.parent) {
    if (ts.isImportDeclaration(at) || ts.isLiteralTypeNode(at)) return true;
    if (ts.isJsxAttribute(at)) return MACHINE.test(at.name.getText());
    if (ts.isPropertyAssignment(at) && at.name.getText() === 'className') return true;
    if (ts.isThrowStatement(at)) return false;
  }
  return false;
}

/** Literals in a source file that are words: JSX text, spoken attributes, and any string that reads as a sentence. */
function wordsIn(source: string, name: string): readonly string[] {
  const file = ts.createSourceFile(
    name,
    source,
    ts.ScriptTarget.Latest,
    true,
    name.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  );
  const found: string[] = [];
  function visit(node: ts.Node): void {
    const text = textOf(node).trim();
    const spoken =
      ts.isJsxAttribute(node.parent ?? node) && SPOKEN.has((node.parent as ts.JsxAttribute).name.getText());
    if (
      ts.isJsxText(node) || spoken
        ? LETTERS.test(text)
        : SENTENCE.test(text) && !/^\(prefers-/.test(text) && !ofMachine(node)
    ) {
      found.push(`${name}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${text}`);
    }
    ts.forEachChild(node, visit);
  }
  ts.forEachChild(file, visit);
  return found;
}

test('the scan finds words where people read or hear them, and leaves the machine’s alone', () => {
  const source =
    'const a = <p className="big red" aria-label="Close">Hello {n} {`of ${n} images`}<path d="M0 0" /></p>;';
  expect(wordsIn(source, 'a.tsx')).toEqual(['a.tsx:1: Close', 'a.tsx:1: Hello', 'a.tsx:1: of images']);
  expect(wordsIn("import type { A } from './a b.ts'; const name = 'layer1.conv2';", 'a.ts')).toEqual([]);
});

test('no word of the page stands outside src/app/words', () => {
  const files = readdirSync(APP, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter(
      (name) =>
        /\.tsx?$/.test(name) &&
        !/(?:^|\/)(?:words|testing)\//.test(name) &&
        !name.endsWith('.test.ts') &&
        !ERRORS.has(name),
    );
  expect(files.length).toBeGreaterThan(80);
  expect([...ERRORS].filter((name) => !existsSync(join(APP, name)))).toEqual([]);
  expect(files.flatMap((name) => wordsIn(readFileSync(join(APP, name), 'utf8'), name))).toEqual([]);
});
