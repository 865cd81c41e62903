/** ONNX Runtime's profile of a run, as it prints it: which operators ran on which execution provider, and how long. */
import type { OperatorTime } from '../base/operatorTime.ts';

type KernelEvent = {
  readonly cat: 'Node';
  readonly dur: number;
  readonly args: { readonly op_name: string; readonly provider: string };
};

/**
 * Sums a profile up by operator and provider, the longest first.
 * @param text what was printed: events in Chrome's trace format, perhaps with other lines between them
 */
export function operatorsOf(text: string): readonly OperatorTime[] {
  const sums = new Map<string, { operator: string; provider: string; count: number; ms: number }>();
  for (const { dur, args } of text.split('\n').flatMap(kernelEvent)) {
    const { op_name: operator, provider } = args;
    const sum = sums.get(`${operator} ${provider}`) ?? { operator, provider, count: 0, ms: 0 };
    sums.set(`${operator} ${provider}`, { ...sum, count: sum.count + 1, ms: sum.ms + dur / 1000 });
  }
  return [...sums.values()].toSorted((a, b) => b.ms - a.ms);
}

/** One line of the profile, where it is the run of a kernel. */
function kernelEvent(line: string): readonly KernelEvent[] {
  if (!line.startsWith('{')) return [];
  try {
    const event = JSON.parse(line.replace(/,\s*$/, '')) as Partial<KernelEvent> & { readonly name?: string };
    return event.cat === 'Node' && event.name?.endsWith('_kernel_time') && event.args?.op_name
      ? [event as KernelEvent]
      : [];
  } catch {
    return [];
  }
}
