/** Answers that a lesson expects, as the page bundles them. */
import { writeFile } from 'node:fs/promises';

export type Answer = {
  readonly id: string;
  readonly value: number | string;
  readonly low?: number;
  readonly high?: number;
};

const rounded = (value: number | string | undefined): number | string | undefined =>
  typeof value === 'number' ? Number(value.toFixed(4)) : value;

/** @param name of the file in datasets/recorded @param about what they were measured on and with */
export async function writeAnswers(
  name: string,
  about: Readonly<Record<string, unknown>>,
  answers: readonly Answer[],
): Promise<void> {
  const kept = answers.map((answer) =>
    Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, rounded(value)])),
  );
  const date = new Date().toISOString().slice(0, 10);
  await writeFile(`datasets/recorded/${name}`, `${JSON.stringify({ date, ...about, answers: kept }, null, 2)}\n`);
}
