/**
 * The long run's state as the repository has it, so that it goes on wherever the repository is:
 * `npx tsx scripts/training/kept.ts [FOLDER]` copies a run's checkpoint and log there from FOLDER (.cache/resnet20-long).
 */
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCheckpoint } from '../../src/tensor/train/checkpoint.ts';
import type { Checkpoint } from '../../src/tensor/train/train.ts';

export const LONG_RUN = join('.cache', 'resnet20-long');
export const KEPT = join('datasets', 'training');

/** In a run's folder, and in KEPT. */
export const CHECKPOINT = 'checkpoint.safetensors';
export const LOG = 'log.jsonl';

export const KEPT_CHECKPOINT = join(KEPT, `resnet20-${CHECKPOINT}`);
export const KEPT_LOG = join(KEPT, `resnet20-${LOG}`);

/** Undefined where there is no such file. @throws when it is damaged */
export async function checkpointAt(path: string): Promise<Checkpoint | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes && parseCheckpoint(new Uint8Array(bytes), path);
}

/** Refuses to put an older state in a newer one's place. */
async function keep(folder: string): Promise<string> {
  const path = join(folder, CHECKPOINT);
  const [found, before] = [await checkpointAt(path), await checkpointAt(KEPT_CHECKPOINT)];
  if (!found) throw new Error(`${path} is not there: train first.`);
  if (before && before.step > found.step)
    throw new Error(`${KEPT_CHECKPOINT} is at step ${before.step}, ${path} at ${found.step} only.`);
  await mkdir(KEPT, { recursive: true });
  await copyFile(path, KEPT_CHECKPOINT);
  await copyFile(join(folder, LOG), KEPT_LOG);
  return `${KEPT_CHECKPOINT}: step ${found.step}`;
}

if (process.argv[1]?.endsWith('kept.ts')) console.log(await keep(process.argv[2] ?? LONG_RUN));
