/**
 * The lab without a page: `npm run --silent experiment -- --model resnet20 --bits 8,4`. One JSON object a line on
 * stdout; a wrong argument is one line on stderr and exit code 2, any other error one line and exit code 1.
 */
import { parseExperimentArgs, type ExperimentArgs } from './experimentArgs.ts';

function parsedOrExit(): ExperimentArgs {
  try {
    return parseExperimentArgs(process.argv.slice(2));
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}

const args = parsedOrExit();

async function run(): Promise<void> {
  const { mkdir, writeFile } = await import('node:fs/promises');
  const { join } = await import('node:path');
  const { onnxBytes, openEngine } = await import('../src/lab/engine.ts');
  const { exportName, float32Settings, ptqSettings } = await import('../src/lab/settings.ts');
  const { nodeResources } = await import('../src/lab/node.ts');

  const bench = { model: args.model, dataset: args.dataset, images: args.images, seed: args.seed };
  const float = float32Settings(bench);
  const quantized = args.method === 'float32' ? [] : args.bits.map(({ weights, activations }) => ({
    ...ptqSettings(bench, args.scheme, weights, activations), calibrationImages: args.calibration,
  }));
  const engine = await openEngine(nodeResources(args.weights), args.backend);
  const { top1: float32Top1, ...floatResult } = await engine.evaluate(float);
  const results = args.method === 'float32' ? [{ ...floatResult, top1: float32Top1 }] : [];

  const report = ({ settings, device, top1, sizeBytes, onnxBytes, seconds }: (typeof results)[number]): void => {
    console.log(JSON.stringify({
      model: settings.model, dataset: settings.dataset, method: settings.method, scheme: settings.scheme?.name ?? null,
      weightBits: settings.scheme?.weightBits ?? 32, activationBits: settings.scheme?.activationBits ?? 32,
      images: settings.images, seed: settings.seed, backend: device.backend, float32Top1, top1, sizeBytes, onnxBytes,
      seconds: Number(seconds.toFixed(2)), calibrationImages: settings.calibrationImages, device: device.description,
    }));
  };

  results.forEach(report);
  for (const settings of quantized) report(await engine.evaluate(settings));
  if (!args.export) return;
  await mkdir(args.export, { recursive: true });
  for (const settings of [float, ...quantized]) {
    const { weightBits, activationBits } = settings.scheme ?? { weightBits: 32, activationBits: 32 };
    const name = exportName(bench, args.method, args.scheme, weightBits, activationBits);
    await writeFile(join(args.export, `${name}.onnx`), onnxBytes(await engine.make(settings)));
  }
}

try {
  await run();
  process.exit(0);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
