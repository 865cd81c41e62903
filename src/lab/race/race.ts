/** The race: every file on every lane, in turn, with what the rows show in words. */
import { plural, pluralOf } from '../../base/text/plural.ts';
import { evaluationBatches } from '../../data/batches.ts';
import { channelsFirst } from '../../onnx/layout.ts';
import type { LaneInput } from '../../runtime/lane.ts';
import { raceInTurn, RULES } from '../../runtime/race.ts';
import { decide } from '../../base/answers.ts';
import type { Stages } from '../stages/stages.ts';
import { onnxBytes } from '../engines/onnxFile.ts';
import { unlessAborted } from '../failure.ts';
import { raceFindings } from './findings.ts';
import { openFewbitLane } from './fewbitLane.ts';
import type { Made } from '../engines/types.ts';
import type { Lanes, OpenedLane } from '../resources.ts';
import { isFewbitLane, RACE_LANE_TITLES, type RaceLane } from '../../contract/engines.ts';
import type { AbsentLane, RaceEntry, Race, RaceArgs, RaceRow } from '../../contract/calls/race.ts';
import type { Control } from '../../contract/progress.ts';

type File = RaceEntry & { readonly bytes: Uint8Array; readonly classes: number; readonly made: Made };

/**
 * Races files within a lane A B C A B C. The lanes come one after the other: the threads of a runtime that has just
 * run spin for a while, and would take their cores from the next lane's.
 * @throws the signal's reason, between two runs; a lane or a file that fails is listed as absent instead
 */
export async function race(
  stages: Stages,
  lanes: Lanes,
  { entries, lanes: wanted, batches, budgetMs }: RaceArgs,
  control: Control = {},
): Promise<Race> {
  if (entries.length === 0 || wanted.length === 0 || batches.length === 0)
    throw new Error('A race needs a file, a lane and a batch size.');
  const files: File[] = [];
  for (const entry of entries) {
    const made = await stages.make(entry.settings, control);
    files.push({ ...entry, bytes: onnxBytes(made, entry.form), classes: made.model.classes.length, made });
  }
  async function open(name: RaceLane): Promise<OpenedLane> {
    if (!isFewbitLane(name)) return lanes.open(name);
    return openFewbitLane(name, stages.here, (bytes) => {
      const file = files.find((each) => each.bytes === bytes);
      if (!file) throw new Error('This lane runs the files of its race only.');
      return file.made;
    });
  }
  const machine = await lanes.machine();
  const rows: RaceRow[] = [];
  const absent: AbsentLane[] = [];
  for (const [index, lane] of wanted.entries()) {
    try {
      for (const batch of batches) {
        const report = (done: number, total: number, what: 'opened' | 'rounds'): void =>
          control.report?.({
            stage: `${what === 'opened' ? 'Opening for' : 'Racing on'} ${RACE_LANE_TITLES[lane]} (${index + 1} of ${wanted.length}), batches of ${batch}`,
            done,
            total,
            unit: what === 'opened' ? 'files' : 'rounds',
          });
        const run = await raceOn(open, lane, files, await inputOf(stages, entries[0], batch), budgetMs, {
          ...control,
          report,
        });
        rows.push(...run.rows);
        for (const reason of run.refused)
          if (!absent.some((known) => known.lane === lane && known.reason === reason)) absent.push({ lane, reason });
      }
    } catch (error) {
      control.signal?.throwIfAborted();
      absent.push({ lane, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { machine, rows, absent, findings: raceFindings(rows) };
}

type LaneControl = {
  readonly report: (done: number, total: number, what: 'opened' | 'rounds') => void;
  readonly signal?: AbortSignal;
};

async function raceOn(
  open: (name: RaceLane) => Promise<OpenedLane>,
  name: RaceLane,
  all: readonly File[],
  input: LaneInput,
  budgetMs: number | undefined,
  { report, signal }: LaneControl,
): Promise<{ rows: RaceRow[]; refused: string[] }> {
  const { lane, threads, float16, end } = await unlessAborted(open(name), signal, (late) => late.end());
  const files = all.filter(({ form }) => float16 || form !== 'float16');
  signal?.addEventListener('abort', end, { once: true });
  try {
    const rules = budgetMs === undefined ? RULES : { ...RULES, budgetMs };
    const finishes = await raceInTurn(
      files.map(({ bytes }) => ({ lane, bytes, input })),
      rules,
      { report, signal },
    );
    const rows: RaceRow[] = [];
    const refused =
      files.length < all.length
        ? [
            isFewbitLane(name)
              ? `16 bits, float16: Fewbit’s engine computes in ${name === 'fewbit-webgpu' ? 'integers only' : 'float32 and in integers'}.`
              : '16 bits, float16: the adapter does not compute in float16 (shader-f16).',
          ]
        : [];
    let first: string | null = null;
    finishes.forEach((finish, index) => {
      const { settings, form, bytes, classes } = files[index];
      const bits = form === 'float16' ? 16 : (settings.scheme?.weightBits ?? 32);
      if ('refused' in finish)
        return void refused.push(`${settings.file ?? `${bits} bits, ${form}`}: ${finish.refused}`);
      const answers = decide(finish.logits, classes).classes.join();
      first ??= answers;
      rows.push({
        settings,
        form,
        bits,
        lane: name,
        threads,
        onnxBytes: bytes.length,
        ...finish.standing,
        agrees: answers === first,
      });
    });
    return { rows, refused };
  } finally {
    signal?.removeEventListener('abort', end);
    end();
  }
}

/** The first test images, channels first, normalized. */
async function inputOf(stages: Stages, { settings }: RaceEntry, batch: number): Promise<LaneInput> {
  const { model, dataset } = await stages.subject(settings);
  if (batch > dataset.test.count)
    throw new Error(
      `A batch of ${batch} was asked for, but there ${pluralOf(dataset.test.count, 'is', 'are')} ${plural(dataset.test.count, 'test image')}.`,
    );
  const [
    {
      images,
      shape: [n, height, width, channels],
    },
  ] = evaluationBatches(dataset.test, { batchSize: batch, normalization: model.normalization, count: batch });
  return { data: channelsFirst(images, n, channels), dims: [n, channels, height, width] };
}
