/** TensorFlow.js as an engine: in float, or feeling every grid of a quantized model in float. */
import { toFakeQuantizedModel } from '../../tensor/fakeQuantized.ts';
import { toLayersModel } from '../../tensor/model.ts';
import { networkOf } from '../../tensor/network.ts';
import type { EngineRow } from './types.ts';

export const tfjsRow: EngineRow = {
  whyAbsent: () => null,
  open: async ({ model, quantized }, { device }) => ({
    ...networkOf(quantized ? toFakeQuantizedModel(quantized) : toLayersModel(model.graph, model.weights)),
    ranOn: device,
  }),
};
