import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeLabels } from './labels.ts';

const REM = 18;

test('a label stands to the right; where another mark is in its way, on another side', () => {
  expect(placeLabels([{ x: 100, y: 100, text: '8' }], REM)).toEqual([{ dx: 12.6, dy: 6.3, anchor: 'start' }]);
  const two = [
    { x: 100, y: 100, text: '8' },
    { x: 116, y: 100, text: '7' },
  ];
  expect(placeLabels(two, REM).map((label) => label?.anchor)).toEqual(['end', 'start']);
});

test('labels never lie over each other or over a mark; the one that is looked at is always written', () => {
  const coordinate = fc.integer({ min: 0, max: 120 });
  const anchors = fc.array(fc.record({ x: coordinate, y: coordinate, text: fc.constantFrom('8', '4', '2') }), {
    minLength: 1,
    maxLength: 14,
  });
  fc.assert(
    fc.property(anchors, (marks) => {
      const all = marks.map((mark, at) => ({ ...mark, first: at === 0 }));
      const labels = placeLabels(all, REM);
      expect(labels[0]).not.toBeNull();
      const written = labels.flatMap((label, at) =>
        label ? [{ x: all[at].x + label.dx, y: all[at].y + label.dy }] : [],
      );
      for (const [i, a] of written.entries())
        for (const b of written.slice(i + 1)) expect(Math.abs(a.x - b.x) + Math.abs(a.y - b.y)).toBeGreaterThan(0);
    }),
  );
});

test('fourteen marks in one place: what finds no room is not written', () => {
  const marks = Array.from({ length: 14 }, () => ({ x: 50, y: 50, text: '8' }));
  expect(placeLabels(marks, REM).filter((label) => label).length).toBeLessThanOrEqual(4);
});

test('what is written already is not written over', () => {
  const mark = { x: 100, y: 100, text: '8' };
  const beside = { x: 106, y: 100, text: '32-bit float 86%', dx: 0, dy: 4, anchor: 'start' } as const;
  expect(placeLabels([mark], REM, [beside])).toEqual([{ dx: -0.7 * REM, dy: 0.35 * REM, anchor: 'end' }]);
});
