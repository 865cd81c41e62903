/** Whoever asks the lab for more than a moment's work listens to its progress, so that nobody waits without a word. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { LAB_RULES } from '../src/contract/calls/rules.ts';

const APP = join(import.meta.dirname, '..', 'src', 'app');
const LONG = new Set<string>(
  Object.entries(LAB_RULES).flatMap(([kind, { progress }]) => (progress === 'none' ? [] : [kind])),
);

/** Calls of the lab that take their time, and of those the ones whose options hold no `onProgress`. */
function longCalls(path: string, text: string): readonly { readonly where: string; readonly listens: boolean }[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: { where: string; listens: boolean }[] = [];
  /** What an expression says, and what the names in it were made of. */
  function said(node: ts.Node | undefined): string {
    if (!node) return '';
    if (!ts.isIdentifier(node)) return node.getText();
    return new RegExp(`\\b${node.text}\\b[^;]*(?:onProgress|Required<CallOptions>)`).exec(text)?.[0] ?? '';
  }
  function look(node: ts.Node): void {
    if (ts.isCallExpression(node) && /\blab\.call$/.test(node.expression.getText())) {
      const [kind, , options] = node.arguments;
      if (ts.isStringLiteral(kind) && LONG.has(kind.text))
        found.push({ where: `${path}: ${kind.text}`, listens: /onProgress|Required/.test(said(options)) });
    }
    ts.forEachChild(node, look);
  }
  look(file);
  return found;
}

test('a call that nobody listens to is seen', () => {
  expect(longCalls('a.ts', "const a = lab.call('evaluate', s, { signal }); lab.call('open', {});")).toEqual([
    { where: 'a.ts: evaluate', listens: false },
  ]);
  expect(longCalls('a.ts', "const o = { onProgress }; lab.call('evaluate', s, o);")).toEqual([
    { where: 'a.ts: evaluate', listens: true },
  ]);
});

test('every long call of the page is listened to', () => {
  const calls = readdirSync(APP, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.|testing\//.test(path))
    .flatMap((path) => longCalls(path, readFileSync(join(APP, path), 'utf8')));
  expect(calls.length).toBeGreaterThan(8);
  expect(calls.filter(({ listens }) => !listens)).toEqual([]);
});
