/** The law of imports is really enforced: forbidden imports are reported, allowed ones are not. */
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';

const eslint = new ESLint({
  overrideConfig: { files: ['**/*.ts'], languageOptions: { parserOptions: { projectService: false, project: null } } },
  ruleFilter: ({ ruleId }) => ['@typescript-eslint/no-restricted-imports', 'no-restricted-syntax'].includes(ruleId),
});

async function lint(filePath: string, code: string): Promise<readonly string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return result?.messages.map(({ message }) => message) ?? [];
}

describe('the law of imports', () => {
  test.each([
    ['src/graph/a.ts', `import { x } from '../quant/types.ts'; export { x };`, /src\/graph may import base:/],
    ['src/quant/a.ts', `export { x } from '../tensor/backend.ts';`, /src\/quant may import base, graph:/],
    ['src/quant/deep/a.ts', `import '../../data/sample.ts';`, /src\/quant may import base, graph:/],
    ['src/data/a.ts', `import '../graph/types.ts';`, /src\/data may import base:/],
    ['src/runtime/a.ts', `import '../tensor/backend.ts';`, /src\/runtime may import base, onnx:/],
    ['src/base/a.ts', `import '../graph/types.ts';`, /src\/base may import no other folder/],
    ['src/app/a.ts', `import '../lab/hosts/answers.ts';`, /src\/app may import base, contract, lab\/rpc, /],
    [
      'src/app/a.ts',
      `const m = await import('../tensor/backend.ts'); export { m };`,
      /src\/app may import base, contract, lab\/rpc, /,
    ],
    ['src/calibrate/a.ts', `import * as tf from '@tensorflow/tfjs'; export { tf };`, /may use the packages \(none\)/],
    ['src/app/a.ts', `import * as ort from 'onnxruntime-web/wasm'; export { ort };`, /may use the packages react/],
    ['src/lab/a.ts', `import { readFileSync } from 'node:fs'; export { readFileSync };`, /may use the packages/],
    ['src/lab/hosts/node.ts', `import '../app/state.ts';`, /src\/lab may import base, graph, /],
    ['src/graph/a.ts', `export default 1;`, /Export by name/],
  ])('%s: %s', async (file, code, sentence) => {
    expect(await lint(file, code)).toEqual([expect.stringMatching(sentence)]);
  });

  test.each([
    ['src/tensor/a.ts', `import * as tf from '@tensorflow/tfjs'; import '../graph/types.ts'; export { tf };`],
    ['src/lab/a.ts', `import '../runtime/session.ts'; import './protocol.ts';`],
    [
      'src/app/a.ts',
      `import { BITS } from '../quant/types.ts'; import '../lab/rpc/client.ts'; import { useState } from 'react'; export { BITS, useState };`,
    ],
    [
      'src/graph/a.test.ts',
      `import { test } from 'vitest'; import { readFileSync } from 'node:fs'; export { test, readFileSync };`,
    ],
    ['src/lab/hosts/node.ts', `import { readFileSync } from 'node:fs'; export { readFileSync };`],
  ])('%s is free to: %s', async (file, code) => {
    expect(await lint(file, code)).toEqual([]);
  });
});
