/** Another judge of the same networks: ONNX Runtime, of the file that the lab exports. */
import type { Engine } from '../../src/lab/engine/engine.ts';

/**
 * The engine, its evaluations made by the native ONNX Runtime. The device that a row names stays the lab's own: it is what
 * quantized the network.
 * @param engine opened with `openNative` of scripts/checks/nativeRuntime.ts among its resources
 */
export function judgedByRuntime(engine: Engine): Engine {
  return {
    ...engine,
    async evaluate(settings, control) {
      const judged = await engine.evaluate({ ...settings, engine: 'onnxruntime-node' }, control);
      return { ...judged, settings, device: engine.device };
    },
  };
}
