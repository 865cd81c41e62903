/** Another judge of the same networks: ONNX Runtime, of the file that the lab exports. */
import type { Stages } from '../../src/lab/stages/stages.ts';

/**
 * The engine, its evaluations made by the native ONNX Runtime. The device that a row names stays the lab's own: it is what
 * quantized the network.
 * @param stages opened with `openNative` of scripts/checks/nativeRuntime.ts among its resources
 */
export function judgedByRuntime(stages: Stages): Stages {
  return {
    ...stages,
    async evaluate(settings, control) {
      const judged = await stages.evaluate({ ...settings, engine: 'onnxruntime-node' }, control);
      return { ...judged, settings, device: stages.device };
    },
  };
}
