/** What can run a network, by name: what a result says it was measured with. */

/** Execution provider and threads: WebAssembly with one thread or with all, the native WebGPU build, WebNN. */
export const LANES = ['wasm-1', 'wasm-all', 'webgpu', 'webnn'] as const;
export type LaneName = (typeof LANES)[number];

/** Lanes of our own engines: one thread, as many as help, integers on the GPU. */
export const FEWBIT_LANES = ['fewbit-1', 'fewbit-all', 'fewbit-webgpu'] as const;
export type FewbitLane = (typeof FEWBIT_LANES)[number];

/** Where files race. */
export const RACE_LANES = [...FEWBIT_LANES, ...LANES] as const;
export type RaceLane = FewbitLane | LaneName;

/** As people read them. */
export const RACE_LANE_TITLES: Readonly<Record<RaceLane, string>> = {
  'fewbit-1': 'Fewbit’s engine, one thread',
  'fewbit-all': 'Fewbit’s engine, all threads',
  'fewbit-webgpu': 'Fewbit, integers on the GPU',
  'wasm-1': 'WebAssembly, one thread',
  'wasm-all': 'WebAssembly, all threads',
  webgpu: 'WebGPU',
  webnn: 'WebNN',
};

export const isFewbitLane = (lane: RaceLane): lane is FewbitLane => FEWBIT_LANES.some((each) => each === lane);

/** A lane of ONNX Runtime Web, as an engine. */
export type LaneEngine = `onnxruntime-web:${LaneName}`;

const LANE_TITLES: Readonly<Record<LaneName, string>> = {
  'wasm-1': 'ONNX Runtime Web, one thread',
  'wasm-all': 'ONNX Runtime Web, all threads',
  webgpu: 'ONNX Runtime Web on WebGPU',
  webnn: 'ONNX Runtime Web on WebNN',
};

/** One row an engine, each with the name that people know it by; src/lab/engines has what opens it. */
export const ENGINE_TITLES = {
  tfjs: 'TensorFlow.js',
  fewbit: "Fewbit's engine",
  'fewbit-webgpu': "Fewbit's engine on the GPU",
  interpreter: "Fewbit's integer interpreter",
  'onnxruntime-web': 'ONNX Runtime Web',
  ...(Object.fromEntries(LANES.map((lane) => [`onnxruntime-web:${lane}`, LANE_TITLES[lane]])) as Readonly<
    Record<LaneEngine, string>
  >),
  'onnxruntime-node': 'ONNX Runtime, native',
} as const;

export type EngineName = keyof typeof ENGINE_TITLES;

export const ENGINE_NAMES = Object.keys(ENGINE_TITLES) as EngineName[];
