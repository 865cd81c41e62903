import { expect, test } from 'vitest';
import { addConstant, modelLength, newOnnxBuilder, serializeModel } from './builder.ts';

/** Around every step of a varint that a file of this size can meet: in the constant, the graph, and between. */
test('the length of a file is known before its constants are made, whatever their size', () => {
  const around = [1, 2 ** 7, 2 ** 14, 2 ** 21].flatMap((step) => Array.from({ length: 60 }, (_, i) => step + i - 50));
  for (const bytes of around.filter((size) => size > 0)) {
    const builder = newOnnxBuilder();
    addConstant(builder, 'small', [1], Float32Array.of(1));
    addConstant(builder, 'large', [bytes], new Uint8Array(bytes));
    const parts = [builder, 'sizes', [], [], { key: 'value' }] as const;
    expect(modelLength(...parts), `${bytes} bytes`).toBe(serializeModel(...parts).length);
  }
});
