/**
 * The lab without a page: `npm run --silent experiment -- --model resnet20 --bits 8,4`. One JSON object a line on
 * stdout; a wrong argument is one line on stderr and exit code 2, any other error one line and exit code 1.
 */
import { requireNodeGpu } from '../checks/webgpu/nodeGpu.ts';
import { parseExperimentArgs } from './experimentArgs.ts';
import { parsedOrExit } from './parsedOrExit.ts';
import { changedScheme } from '../../src/contract/schemeChanges.ts';
import type { RunSettings } from '../../src/contract/run.ts';
import type { Progress } from '../../src/contract/progress.ts';

const args = parsedOrExit(parseExperimentArgs);

/** Every 50th training step, on stderr: stdout is for results. */
function logProgress({ stage, done, total, training }: Progress): void {
  if (!training || (done % 50 !== 0 && done !== total)) return;
  const { epoch, loss, accuracy, rate } = training;
  console.error(
    `${stage} ${done}/${total} epoch ${epoch} loss ${loss.toFixed(4)} accuracy ${accuracy.toFixed(3)} rate ${rate.toFixed(5)}`,
  );
}

/** Every 500th image, on stderr. */
function logLearning({ stage, done, total, unit }: Progress): void {
  if (unit === 'images' && (done % 500 === 0 || done === total)) console.error(`${stage} ${done}/${total}`);
}

async function run(): Promise<void> {
  // Before tfjs is loaded, which looks for a GPU then.
  if (args.backend === 'webgpu') await requireNodeGpu();
  if (args.method === 'finetune') {
    const { finetuneRow } = await import('./finetune.ts');
    console.log(JSON.stringify(await finetuneRow(args, logProgress)));
    return;
  }
  if (args.method === 'describe') {
    const { describeRow } = await import('./describe.ts');
    console.log(JSON.stringify(await describeRow(args)));
    return;
  }
  const { describeFile } = await import('./describe.ts');
  const network = args.weights === undefined ? null : await describeFile(args.weights, args.normalization);
  if (network?.normalization.from.startsWith('assumed'))
    console.error(`${args.weights}: mean and std are ${network.normalization.from}.`);
  for (const note of network?.notes ?? []) console.error(`${args.weights}: ${note}`);
  const { mkdir, writeFile } = await import('node:fs/promises');
  const { join } = await import('node:path');
  const { openStages } = await import('../../src/lab/stages/stages.ts');
  const { agreementOf, MEANWHILE } = await import('./agreement.ts');
  const { comparedSubject } = await import('../../src/lab/stages/compared.ts');
  const { layersModelZip } = await import('../../src/lab/engines/layersFile.ts');
  const { onnxBytes } = await import('../../src/lab/engines/onnxFile.ts');
  const { float32Settings, ptqSettings, qatSettings } = await import('../../src/contract/settings.ts');
  const { exportFiles } = await import('./exportFiles.ts');
  const { nodeResources } = await import('../../src/lab/hosts/node.ts');
  const { mixedSettings, sensitivityOf } = await import('../results/sensitivity.ts');

  const runtime =
    args.judge === 'onnxruntime'
      ? { ...(await import('./judge.ts')), ...(await import('../checks/nativeRuntime.ts')) }
      : null;
  const resources = {
    ...nodeResources(args.weights, args.checkpoints, args.data, args.normalization, args),
    openNative: runtime?.openNative,
  };
  const opened = await openStages(resources, args.backend);
  const stages = runtime ? runtime.judgedByRuntime(opened) : opened;
  const names = { model: args.model, dataset: args.dataset, side: args.side };
  const learned =
    args.learnHead === undefined
      ? null
      : await opened.learnHead({ ...names, seed: args.seed, images: args.learnHead }, { report: logLearning });
  const { against, why, subject } = await comparedSubject(stages, names);
  const { dataset, order } = subject;
  if (why !== null) console.error(`${why} ${MEANWHILE}`);
  if (order !== null) console.error(order);
  const images = args.counted.images ? args.images : Math.min(args.images, dataset.test.count);
  const calibrationImages = args.counted.calibration
    ? args.calibration
    : Math.min(args.calibration, dataset.train.count);
  const workload = { model: args.model, dataset: args.dataset, side: args.side, images, seed: args.seed, against };
  const float = float32Settings(workload);
  const settingsFor = {
    float32: null,
    ptq: ptqSettings,
    sensitivity: ptqSettings,
    race: ptqSettings,
    qat: qatSettings,
  }[args.method];
  const changed = <S extends RunSettings>(settings: S): S => ({
    ...settings,
    scheme: settings.scheme && changedScheme(settings.scheme, args.schemeChanges),
    calibrationImages,
  });
  const uniform =
    settingsFor === null
      ? []
      : args.bits.map(({ weights, activations }) =>
          changed(settingsFor(workload, args.scheme, weights, activations, args.training)),
        );
  if (args.method === 'sensitivity') {
    for (const settings of uniform) console.log(JSON.stringify(await sensitivityOf(stages, settings)));
    return;
  }
  if (args.method === 'race') {
    const { raceRows } = await import('./race.ts');
    for (const row of await raceRows(stages, resources.lanes, float, uniform, args.batches, args.container))
      console.log(JSON.stringify(row));
    return;
  }
  const side = dataset.test.height;
  const quantized: RunSettings[] = [];
  const choices = new Map<RunSettings, object>();
  for (const settings of uniform) {
    const made =
      args.mixed === undefined ? [{ settings, choice: {} }] : await mixedSettings(stages, settings, args.mixed);
    for (const each of made) {
      quantized.push(each.settings);
      choices.set(each.settings, each.choice);
    }
  }
  const { top1: float32Top1, ...floatResult } = await stages.evaluate(float);
  const results = args.method === 'float32' ? [{ ...floatResult, top1: float32Top1 }] : [];

  /** A trained network is reported beside the PTQ it started from. */
  const reportTrained = async (settings: RunSettings): Promise<void> => {
    const { top1: ptqTop1 } = await stages.evaluate({ ...settings, method: 'ptq', training: undefined });
    report(await stages.evaluate(settings, { report: logProgress }), {
      ptqTop1,
      training: settings.training,
      trainedOn: opened.device.description,
    });
  };

  const report = (
    {
      settings,
      engine: ranIn,
      device,
      top1,
      sizeBytes,
      onnxBytes,
      seconds,
      verdicts,
      ...answers
    }: (typeof results)[number],
    more = {},
  ): void => {
    console.log(
      JSON.stringify({
        model: settings.model,
        dataset: settings.dataset,
        side,
        method: settings.method,
        scheme: settings.scheme?.name ?? null,
        weightBits: settings.scheme?.weightBits ?? 32,
        activationBits: settings.scheme?.activationBits ?? 32,
        images: settings.images,
        seed: settings.seed,
        backend: device.backend,
        // Of images that nobody labelled no answer is right: what there is is agreement.
        float32Top1: against ? null : float32Top1,
        top1: against ? null : top1,
        ...agreementOf(answers, floatResult, against),
        sizeBytes,
        onnxBytes,
        seconds: Number(seconds.toFixed(2)),
        calibrationImages: settings.calibrationImages,
        device: device.description,
        engine: ranIn,
        ...(network && { normalization: network.normalization }),
        ...(order !== null && { classOrder: order }),
        ...(learned && { headImages: learned.images }),
        ...(runtime && { runtime: runtime.RUNTIME }),
        ...(settings.scheme
          ? { ranges: { weights: settings.scheme.weights.range, activations: settings.scheme.activations.range } }
          : {}),
        ...(settings.scheme?.repairs?.length ? { repairs: settings.scheme.repairs, verdicts } : {}),
        ...(settings.scheme?.layers ? { layers: settings.scheme.layers } : {}),
        ...more,
      }),
    );
  };

  for (const result of results) report(result);
  for (const settings of quantized)
    await (args.method === 'qat'
      ? reportTrained(settings)
      : stages.evaluate(settings).then((result) => report(result, choices.get(settings))));
  const files = exportFiles(args, workload, float, quantized);
  if (args.export) await mkdir(args.export, { recursive: true });
  if (args.exportTfjs) await mkdir(args.exportTfjs, { recursive: true });
  for (const { settings, form, fileName } of args.export || args.exportTfjs ? files : []) {
    const made = await stages.make(settings);
    if (args.export) await writeFile(join(args.export, fileName), onnxBytes(made, form));
    if (args.exportTfjs && settings.scheme)
      await writeFile(join(args.exportTfjs, fileName.replace(/\.onnx$/, '-tfjs.zip')), layersModelZip(made));
  }
}

try {
  await run();
  process.exit(0);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
