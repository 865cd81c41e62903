/** The section on what PyTorch's own quantization makes of the same file. */
import type { ResultRow } from './rows.ts';
import { interval, percent, points, reference, table } from './text.ts';

/**
 * PyTorch 1.13's FX quantization of the reference ResNet-20 (91.73% in float32), all layers at b bits: histogram observer,
 * weights by channel, 512 calibration images, all 10,000 test images of CIFAR-10. Measured for Fewbit on the same file.
 */
const TORCH: Readonly<Record<number, number>> = { 8: 0.9167, 6: 0.9113, 5: 0.8917, 4: 0.7189, 3: 0.3266 };

export const REFERENCE_EDITION = 'reference weights';

/** Markdown; empty while there are no rows. */
export function torchSection(rows: readonly ResultRow[]): string {
  const own = rows.filter(
    ({ edition, scheme, method }) =>
      edition === REFERENCE_EDITION && method === 'ptq' && (scheme?.includes('+first-last:same') ?? false),
  );
  const lines = Object.entries(TORCH)
    .toReversed()
    .flatMap(([bits, torch]) => {
      const at = own.filter((row) => row.weightBits === Number(bits) && row.activationBits === Number(bits));
      return at.map((row) => [
        bits,
        percent(torch),
        `${percent(row.top1)} (${interval(row)}) ${reference(row)}`,
        row.repairs.join(', ') || 'none',
        points(row.top1 - torch),
      ]);
    });
  if (lines.length === 0) return '';
  return [
    "## Against PyTorch's FX quantization",
    '',
    'The reference ResNet-20 (91.73% in float32, weights trained by others), every layer at the same bits, no first or last one kept at 8; 512 calibration images, and all 10,000 test images of CIFAR-10. PyTorch 1.13, FX graph mode, histogram observer, weights by channel.',
    '',
    table(['bits', 'PyTorch', 'here', 'repair', 'difference'], lines),
  ].join('\n');
}
