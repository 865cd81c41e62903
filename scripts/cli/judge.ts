/** Another judge of the same networks: ONNX Runtime, of the file that the lab exports. */
import { subset } from '../../src/data/imageSet.ts';
import { onnxBytes, type Engine } from '../../src/lab/engine/engine.ts';
import { float32SizeBytes, sizeBytes } from '../../src/quant/size.ts';
import { runtimeTop1 } from '../checks/runtimeTop1.ts';

/** The engine, its evaluations made by ONNX Runtime. */
export function judgedByRuntime(engine: Engine): Engine {
  return {
    ...engine,
    async evaluate(settings, control = {}) {
      const start = performance.now();
      const made = await engine.make(settings, control);
      const { test } = (await engine.subject(settings)).dataset;
      const bytes = onnxBytes(made);
      const first = subset(
        test,
        Array.from({ length: settings.images }, (_, i) => i),
      );
      const { classes, confidences, top1 } = await runtimeTop1(bytes, first, made.model.normalization, control);
      return {
        settings,
        device: engine.device,
        top1,
        predictions: classes,
        confidences,
        sizeBytes: made.quantized ? sizeBytes(made.quantized) : float32SizeBytes(made.model.graph),
        onnxBytes: bytes.length,
        seconds: (performance.now() - start) / 1000,
      };
    },
  };
}
