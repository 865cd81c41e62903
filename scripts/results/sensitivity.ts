/** What the headless twin does for `--method sensitivity` and `--mixed`. */
import type { Stages } from '../../src/lab/stages/stages.ts';
import { costFront, measureCosts, mixedScheme } from '../../src/lab/inspect/mixedScheme.ts';
import { measureSensitivity } from '../../src/lab/inspect/sensitivity.ts';
import type { RunSettings } from '../../src/contract/run.ts';

/** A row for the whole network: its layers ranked, and the finding in words. */
export async function sensitivityOf(stages: Stages, settings: RunSettings): Promise<Readonly<Record<string, unknown>>> {
  const start = performance.now();
  const { model } = await stages.subject(settings);
  const { quantized } = await stages.make(settings);
  if (!quantized) throw new Error('Sensitivity needs a scheme: leave --method float32 out.');
  const { layers, finding, whole, float, engine, ranOn } = await measureSensitivity(
    model,
    quantized,
    await stages.calibrated(settings),
    await stages.testSet(settings),
    settings.images,
    {},
    stages.here,
  );
  return {
    model: settings.model,
    dataset: settings.dataset,
    method: 'sensitivity',
    scheme: settings.scheme?.name,
    weightBits: settings.scheme?.weightBits,
    activationBits: settings.scheme?.activationBits,
    images: settings.images,
    calibrationImages: settings.calibrationImages,
    seed: settings.seed,
    finding,
    float32Top1: float.top1,
    top1: whole.top1,
    divergence: whole.divergence,
    layers,
    seconds: Number(((performance.now() - start) / 1000).toFixed(1)),
    backend: (ranOn ?? stages.device).backend,
    device: (ranOn ?? stages.device).description,
    engine,
  };
}

/** For each budget the settings with a bitwidth for each layer, and how they were chosen: measured once for all. */
export async function mixedSettings(stages: Stages, settings: RunSettings, budgets: readonly number[]) {
  const start = performance.now();
  const { scheme: uniform } = settings;
  if (!uniform) throw new Error('Mixed precision needs a scheme to start from.');
  const costs = await measureCosts(stages, settings);
  const secondsToMeasure = Number(((performance.now() - start) / 1000).toFixed(1));
  const front = costFront(costs);
  return budgets.map((budget) => {
    const { scheme, assignment } = mixedScheme(uniform, costs, budget);
    const mixed = {
      budget,
      averageBits: Number(assignment.average.toFixed(4)),
      divergence: assignment.cost,
      images: costs.images,
      secondsToMeasure,
      front,
    };
    return { settings: { ...settings, scheme }, choice: { mixed } };
  });
}
