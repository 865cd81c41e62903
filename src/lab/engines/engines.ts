/** The table of engines: whatever can run a network is one row here, and the lab asks this table only. */
import { LANES } from '../../contract/engines.ts';
import type { BackendName } from '../../contract/device.ts';
import type { EngineName, LaneEngine } from '../../contract/engines.ts';
import { fewbitRow } from './fewbit.ts';
import { fewbitGpuRow } from './fewbitGpu.ts';
import { interpreterRow } from './interpreter.ts';
import { laneRow, nativeRow, openInResident } from './onnxRuntime.ts';
import { tfjsRow } from './tfjs.ts';
import type { EngineRow, Here, Made, OpenNetwork, OpenOptions } from './types.ts';

export const ENGINES: Readonly<Record<EngineName, EngineRow>> = {
  tfjs: tfjsRow,
  fewbit: fewbitRow,
  'fewbit-webgpu': fewbitGpuRow,
  interpreter: interpreterRow,
  'onnxruntime-web': { whyAbsent: () => null, open: openInResident },
  ...(Object.fromEntries(LANES.map((lane) => [`onnxruntime-web:${lane}`, laneRow(lane)])) as Record<
    LaneEngine,
    EngineRow
  >),
  'onnxruntime-node': nativeRow,
};

type Choice = Readonly<Record<'float32' | 'quantized', EngineName>>;

/**
 * Who evaluates what, by the backend that tfjs computes on. Quantized networks run in real integers; where there is a GPU, on
 * it if that is faster (fasterEngine.ts).
 */
const EVALUATES: Readonly<Record<BackendName, Choice>> = {
  webgpu: { float32: 'tfjs', quantized: 'fewbit' },
  wasm: { float32: 'fewbit', quantized: 'fewbit' },
  cpu: { float32: 'fewbit', quantized: 'fewbit' },
};

/** Photos are answered where bits buy time; code for code as an application would that ships the exported file. */
const CLASSIFIES: Choice = { float32: 'fewbit', quantized: 'fewbit' };

/** The engine for a purpose, unless settings name one. */
export function engineFor(
  purpose: 'evaluate' | 'classify',
  made: Pick<Made, 'quantized'>,
  { device: { backend } }: Pick<Here, 'device'>,
): EngineName {
  const choice = purpose === 'classify' ? CLASSIFIES : EVALUATES[backend];
  return choice[made.quantized ? 'quantized' : 'float32'];
}

/** Whether networks of which single layers are quantized run in our engine: where tfjs has a GPU it is faster at them. */
export const ranksInFewbit = ({ device: { backend } }: Pick<Here, 'device'>): boolean => backend !== 'webgpu';

/** @throws Error with the reason where the engine is not here or cannot run this network; the signal's reason */
export async function openNetwork(
  engine: EngineName,
  made: Made,
  here: Here,
  options: OpenOptions = {},
): Promise<OpenNetwork> {
  const row = ENGINES[engine];
  const reason = await row.whyAbsent(here, made);
  if (reason !== null) throw new Error(reason);
  return { ...(await row.open(made, here, options)), engine };
}
