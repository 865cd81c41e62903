/** model.json of TensorFlow.js: the topology and the manifest of the weights, and what it is where it is another kind. */
import { isRecord, layerOf, shown, type Config, type Layer } from './config.ts';
import { manifestOf, type Group } from './tensors.ts';

/** The topology of ResNet-152 is under a megabyte. */
const MOST_BYTES = 32 << 20;

export type ModelJson = { readonly model: Layer; readonly groups: readonly Group[] };

/** Whether JSON looks like a model.json, whole or from its beginning. */
export const looksLikeModelJson = (head: Uint8Array): boolean =>
  /^\uFEFF?\s*\{/.test(new TextDecoder().decode(head.subarray(0, 16))) &&
  /"(?:modelTopology|weightsManifest)"/.test(new TextDecoder().decode(head));

/** @throws Error saying what it is, where it is no layers model, and what to bring */
export function parseModelJson(bytes: Uint8Array): ModelJson {
  if (bytes.length > MOST_BYTES)
    throw new Error(`its model.json has ${bytes.length} bytes: at most ${MOST_BYTES} are read.`);
  const json = parsed(bytes);
  const { modelTopology: topology, weightsManifest, format } = json;
  const isGraph = isRecord(topology) && ('node' in topology || 'library' in topology);
  if (format === 'graph-model' || isGraph)
    throw new Error(
      'it is a graph model of TensorFlow.js, whose layers are dissolved into operators. Convert the Keras model itself: tensorflowjs_converter --input_format keras --output_format tfjs_layers_model, or export it as .onnx (python -m tf2onnx.convert --tfjs model.json --output model.onnx).',
    );
  if (!isRecord(topology))
    throw new Error(
      `its model.json has no network in it (modelTopology is ${shown(topology)}): it holds weights alone. Save the model with model.save(…).`,
    );
  return { model: rootOf(topology), groups: manifestOf(weightsManifest) };
}

function parsed(bytes: Uint8Array): Config {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Error('its model.json is not JSON: it is damaged or cut short. Export the model again.');
  }
  if (isRecord(json)) return json;
  throw new Error('its model.json is no object: export the model again.');
}

/** TensorFlow.js writes the model itself, the Python converter writes it as model_config. */
function rootOf(topology: Config): Layer {
  const model = layerOf(isRecord(topology.model_config) ? topology.model_config : topology);
  if (['Sequential', 'Model', 'Functional'].includes(model.className)) return model;
  throw new Error(
    `its model is of the class ${shown(model.className)}: a Sequential or functional model of Keras can be imported.`,
  );
}

/** The paths of the shards that a model.json names. @throws as parseModelJson */
export const shardPaths = (bytes: Uint8Array): readonly string[] => [
  ...new Set(parseModelJson(bytes).groups.flatMap(({ paths }) => paths)),
];
