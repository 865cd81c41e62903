/** Addition against real arithmetic: right except at ties, where the two formulas may part by one code. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ActivationParams } from '../../quant/types.ts';
import { addInteger } from './add.ts';

const grid = fc
  .record({
    scale: fc.float({ min: Math.fround(0.01), max: 2, noNaN: true }),
    zeroPoint: fc.integer({ min: 0, max: 255 }),
  })
  .map(({ scale, zeroPoint }): ActivationParams => ({ scale, zeroPoint, qmin: 0, qmax: 255, bits: 8 }));
const codes = fc.uint8Array({ minLength: 40, maxLength: 40 });

test.each(['portable', 'avx2'] as const)('%s: within half a code of the real sum', (formula) => {
  fc.assert(
    fc.property(grid, grid, grid, codes, codes, (a, b, output, qa, qb) => {
      addInteger(qa, qb, a, b, output, formula).forEach((code, i) => {
        const real = (qa[i] - a.zeroPoint) * a.scale + (qb[i] - b.zeroPoint) * b.scale;
        const exact = Math.min(255, Math.max(0, real / output.scale + output.zeroPoint));
        expect(Math.abs(code - exact)).toBeLessThanOrEqual(0.5 + 0.01);
      });
    }),
    { seed: 1 },
  );
});

test('below 8 bits the sum is clamped to the grid, and a ReLU is the clamp at 0', () => {
  const narrow = (zeroPoint: number): ActivationParams => ({ scale: 1, zeroPoint, qmin: 0, qmax: 15, bits: 4 });
  const sum = addInteger(Uint8Array.of(15, 0, 9), Uint8Array.of(15, 0, 9), narrow(8), narrow(8), narrow(0), 'portable');
  expect([...sum]).toEqual([14, 0, 2]);
  const wide = addInteger(Uint8Array.of(15), Uint8Array.of(15), narrow(0), narrow(0), narrow(0), 'avx2');
  expect([...wide]).toEqual([15]);
});

test('the portable formula rounds after the zero point, so a tie goes to the even code', () => {
  const half: ActivationParams = { scale: 0.5, zeroPoint: 0, qmin: 0, qmax: 255, bits: 8 };
  const odd: ActivationParams = { scale: 1, zeroPoint: 7, qmin: 0, qmax: 255, bits: 8 };
  expect([...addInteger(Uint8Array.of(1, 3), Uint8Array.of(0, 0), half, half, odd, 'portable')]).toEqual([8, 8]);
});
