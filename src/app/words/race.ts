/** Words of the race: ONNX files of every bitwidth, in turn, on what this machine has. */
import { RACE_LANE_TITLES } from '../../contract/engines.ts';
import { spelled } from '../../base/text/plural.ts';
export const race = {
  form: 'What shall race',
  files: 'Files',
  file: (bits: number) => (bits === 32 ? 'float32' : bits === 16 ? 'float16' : `${bits} bits`),
  brought: (bits: number) => `your file, ${bits} bits`,
  broughtIs: (file: string) => `Your file: ${file}.`,
  bringIt:
    'An .onnx of this network, quantized here or on another machine, can take part: bring it on the Data screen and measure it there.',
  lanes: 'On',
  lane: RACE_LANE_TITLES,
  batches: 'Images a run',
  start: 'Start the race',
  cancel: 'Stop the race',
  running: 'the race',
  need: 'Choose at least one file, one lane and one number of images.',
  how: 'Each file is opened, warmed up, and then run in turn with the others until the 95% interval of every median is within 5%, or the time is up. WebGPU first loads 27 MB from this page.',
  findings: 'What was measured',
  none: 'The files were too alike, or too few, for a finding.',
  notHere: (lane: string, reason: string) => `${lane} is not offered: ${reason}`,
  absent: (lane: string, reason: string) => `${lane}, not raced: ${reason}`,
  chart: (lane: string, batch: number) =>
    `Milliseconds a run of ${spelled(batch, 'image')}, median and its 95% interval: ${lane}`,
  chartFinding: (fastest: string, ms: string, slowest: string, slowestMs: string) =>
    `Fastest: ${fastest}, ${ms} a run. Slowest: ${slowest}, ${slowestMs}.`,
  chartFindingAlike: (least: string, most: string) =>
    `From ${least} to ${most} a run: the 95% intervals overlap, so none can be called the fastest.`,
  chartFindingOne: (name: string, ms: string) => `${name}: ${ms} a run.`,
  bar: (ms: string, low: string, high: string, size: string) => `${ms} (${low} to ${high}) · ${size}`,
  provenance: (
    runtime: string,
    lane: string,
    threads: number,
    cores: number,
    isolated: boolean,
    adapter: string | null,
    warmup: number,
  ) =>
    `Measured here, another measurement than the bill’s; ${lane.includes('Fewbit') ? '' : 'ONNX Runtime Web 1.30, '}${lane}, ${threads} of ${cores} cores’ threads, ${isolated ? '' : 'not '}cross-origin isolated, ${adapter ? `adapter ${adapter}` : 'no WebGPU adapter'}; ${warmup} runs to warm up each; ${runtime}`,
  table: 'Every file, every lane',
  columns: {
    file: 'File',
    lane: 'Lane',
    batch: 'Images a run',
    size: 'File size',
    load: 'Load',
    first: 'First run',
    median: 'Median',
    low: 'Low',
    high: 'High',
    p95: '95th percentile',
    rate: 'Images a second',
    runs: 'Runs',
    memory: 'Memory of the lane',
    agrees: 'Same answers',
  },
  yes: 'yes',
  no: 'no',
  layers: (lane: string) => `Which kernel ran which layer, and how long: ${lane}`,
  layersHint:
    'One image, each layer’s best of five runs. A kernel is the loop that multiplies: float32 makes 4 products in an instruction, int16 makes 8, int8 and int8Sum16 make 16 (int8Sum16 sums them in 16 bits as long as that is safe), and a look-up of 2-bit weights stands for 64 one-bit products. A picture’s pixels have 8 bits whatever the network’s bits are, so the first layer gains least.',
  layer: 'Layer',
  layerTime: (ms: string, kernel: string) => `${ms}, ${kernel === 'lookUp' ? 'look-up' : kernel}`,
  rest: 'pixels in, additions, average',
  operators: 'Which operators ran where, in ONNX Runtime',
  operatorsHint:
    'One profiled run of each file. QLinearConv computes in 8 bits whatever the width in the file; what a GPU lane runs on the processor is copied there and back.',
  operatorColumns: {
    file: 'File',
    lane: 'Lane',
    operator: 'Operator',
    where: 'Where',
    count: 'Times',
    ms: 'Time in it',
  },
  provider: (name: string) =>
    name
      .replace(/ExecutionProvider$/, '')
      .replace(/^CPU$/, 'processor')
      .replace(/^WebGpu$/i, 'WebGPU'),
  /** Three digits of a small number, all of a large one. */
  rate: (images: number) => (images < 1000 ? images.toPrecision(3) : images.toFixed(0)),
  megabytes: (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 1)} MB`,
};
