/** Counts tests in the JSON reports of vitest and Playwright. */

export type Count = { readonly passed: number; readonly failed: number; readonly skipped: number };

const COUNTED = { passed: 0, failed: 0, skipped: 0 } as const;

export const sum = (counts: readonly Count[]): Count =>
  counts.reduce<Count>(
    (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }),
    COUNTED,
  );

/** The line that a run of tests ends with. */
export const summary = ({ passed, failed, skipped }: Count): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

function numberAt(json: unknown, key: string): number {
  const value: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, key) : undefined;
  if (typeof value === 'number') return value;
  throw new Error(`the report has no number "${key}"`);
}

/** @throws when the report is not vitest's. A file that failed before its tests could start counts as one failed test. */
export function countVitest(json: unknown): Count {
  const suites: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'testResults') : [];
  const broken = (Array.isArray(suites) ? suites : []).filter(
    (file: { status?: unknown; assertionResults?: readonly { status?: unknown }[] }) =>
      file.status === 'failed' && !file.assertionResults?.some(({ status }) => status === 'failed'),
  ).length;
  return {
    passed: numberAt(json, 'numPassedTests'),
    failed: numberAt(json, 'numFailedTests') + broken,
    skipped: numberAt(json, 'numPendingTests') + numberAt(json, 'numTodoTests'),
  };
}

/** @throws when the report is not Playwright's. A flaky test, passed on a second try, counts as failed. */
export function countPlaywright(json: unknown): Count {
  const stats: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'stats') : undefined;
  return {
    passed: numberAt(stats, 'expected'),
    failed: numberAt(stats, 'unexpected') + numberAt(stats, 'flaky'),
    skipped: numberAt(stats, 'skipped'),
  };
}
