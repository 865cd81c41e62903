/** What a race shows, in sentences: nothing that its rows do not. */
import { plural, spelled } from '../../base/text/plural.ts';
import { kernelFindings } from './kernelFindings.ts';
import type { RaceRow } from '../../contract/calls/race.ts';
import type { RaceLane } from '../../contract/engines.ts';

const LANE_WORDS: { readonly [K in RaceLane]: (threads: number) => string } = {
  'fewbit-1': () => 'Fewbit’s engine with one thread',
  'fewbit-all': (threads) => `Fewbit’s engine with ${plural(threads, 'thread')}`,
  'fewbit-webgpu': () => 'Fewbit’s engine on the GPU',
  'wasm-1': () => 'WebAssembly with one thread',
  'wasm-all': (threads) => `WebAssembly with ${plural(threads, 'thread')}`,
  webgpu: () => 'WebGPU',
  webnn: () => 'WebNN',
};

const isBrought = ({ settings }: RaceRow): boolean => settings.file !== undefined;
/** Quantized here, not brought. */
const isMade = (row: RaceRow): boolean => (row.form === 'packed' || row.form === 'int8') && !isBrought(row);
const overlap = (a: RaceRow, b: RaceRow): boolean => a.lowMs <= b.highMs && b.lowMs <= a.highMs;
const three = new Intl.NumberFormat('en', { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
const megabytes = (bytes: number): string => `${(bytes / 1e6).toPrecision(3)} MB`;

const nameOf = (row: RaceRow): string =>
  isBrought(row) ? `the ${row.bits} bits of the file that was brought` : `${row.bits} bits`;

/** How often an operator ran, on any provider. */
const runsOf = ({ operators }: RaceRow, operator: string): number =>
  operators.filter((each) => each.operator === operator).reduce((sum, { count }) => sum + count, 0);

/** Two or three sentences for each lane and batch size that was raced. */
export function raceFindings(rows: readonly RaceRow[]): readonly string[] {
  const groups = grouped(rows);
  return [...groups.values()].flatMap((group) => {
    const [{ lane, threads, batch }] = group;
    const where = `On ${LANE_WORDS[lane](threads)}, ${spelled(batch, 'image')} at a time, `;
    return [
      ...againstFloat32(group),
      ...kernelFindings(group),
      ...acrossWidths(group),
      ...besideMade(group),
      ...elsewhere(group),
    ].map((sentence) => where + sentence);
  });
}

function grouped(rows: readonly RaceRow[]): Map<string, RaceRow[]> {
  const groups = new Map<string, RaceRow[]>();
  for (const row of rows)
    groups.set(`${row.lane} ${row.batch}`, [...(groups.get(`${row.lane} ${row.batch}`) ?? []), row]);
  return groups;
}

/** The widest quantized file beside float32. */
function againstFloat32(group: readonly RaceRow[]): readonly string[] {
  const float32 = group.find(({ form }) => form === 'float32');
  const widest =
    group
      .filter(isMade)
      .toSorted((a, b) => b.bits - a.bits)
      .at(0) ?? group.find(isBrought);
  if (!float32 || !widest) return [];
  const name = nameOf(widest);
  if (overlap(float32, widest)) return [`${name} cannot be told from float32 in time: their 95% intervals overlap.`];
  const ratio = float32.medianMs / widest.medianMs;
  const speed = ratio >= 1 ? `${ratio.toFixed(1)} times as fast as` : `${(1 / ratio).toFixed(1)} times slower than`;
  return [`${name} run ${speed} float32 (${three.format(float32.medianMs)} to ${three.format(widest.medianMs)} ms).`];
}

/** Whether fewer bits change the time, and why not where the operators show it. */
function acrossWidths(group: readonly RaceRow[]): readonly string[] {
  const widths = group.filter(isMade).toSorted((a, b) => b.bits - a.bits);
  const [widest, narrowest] = [widths.at(0), widths.at(-1)];
  if (!widest || !narrowest || widest.bits === narrowest.bits) return [];
  const apart = widths.filter((row) => !overlap(row, widest));
  const sizes = `${widest.bits} to ${narrowest.bits} bits take the file from ${megabytes(widest.onnxBytes)} to ${megabytes(narrowest.onnxBytes)}`;
  if (apart.length > 0) {
    const each = apart.map(
      (row) =>
        `${row.bits} bits ${row.medianMs < widest.medianMs ? 'take less' : 'take more'} time (${three.format(row.medianMs)} against ${three.format(widest.medianMs)} ms)`,
    );
    return [`${sizes}; measured apart from ${widest.bits} bits: ${each.join(', ')}.`];
  }
  const kernels = runsOf(widest, 'QLinearConv');
  const same =
    kernels > 0 && widths.every((row) => runsOf(row, 'QLinearConv') === kernels && runsOf(row, 'Conv') === 0);
  return [
    `${sizes} and leave the time as it is, as far as it was measured${same ? `: every width runs the same ${kernels} QLinearConv, which compute in 8 bits` : ''}.`,
  ];
}

/** A file that was brought beside the one of its width that was made here. */
function besideMade(group: readonly RaceRow[]): readonly string[] {
  return group.filter(isBrought).flatMap((brought) => {
    const made = group.find((row) => isMade(row) && row.bits === brought.bits);
    if (!made) return [];
    const [file, other] = [
      `the ${brought.bits}-bit file that was brought (${megabytes(brought.onnxBytes)})`,
      `the one quantized here (${megabytes(made.onnxBytes)})`,
    ];
    if (overlap(brought, made)) return [`${file} cannot be told in time from ${other}: their 95% intervals overlap.`];
    return [
      `${file} takes ${brought.medianMs < made.medianMs ? 'less' : 'more'} time than ${other}: ${three.format(brought.medianMs)} against ${three.format(made.medianMs)} ms.`,
    ];
  });
}

/** Operators of a lane for the GPU that ran on the processor. */
function elsewhere(group: readonly RaceRow[]): readonly string[] {
  const [{ lane }] = group;
  if (lane !== 'webgpu' && lane !== 'webnn') return [];
  return group.flatMap((row) => {
    const onCpu = row.operators
      .filter(({ provider }) => provider === 'CPUExecutionProvider')
      .map(({ operator, count }) => `${count} ${operator}`);
    return onCpu.length > 0
      ? [
          `the ${isBrought(row) ? 'brought' : `${row.bits}-bit`} file left the GPU for the processor in ${onCpu.join(', ')}.`,
        ]
      : [];
  });
}
