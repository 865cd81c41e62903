/** What the calls about single layers do, given an engine. */
import type { Answers } from '../rpc/answers.ts';
import { clipCurve } from './clipCurve.ts';
import type { Stages } from '../stages/stages.ts';
import { featureMaps } from './featureMaps.ts';
import { describeChannels } from './layerChannels.ts';
import { describeLayers } from './layers.ts';
import type { InspectCalls } from '../../contract/calls/inspect.ts';
import { numberPath } from './numberPath.ts';
import { modelFor } from '../stages/repairs.ts';
import { measureSensitivity } from './sensitivity.ts';
import { snap } from './snap.ts';

/** @param opened the engine; it throws where there is none yet */
export function inspectAnswers(opened: () => Promise<Stages>): Answers<InspectCalls> {
  return {
    layers: async ({ settings }, control) => describeLayers(await opened(), settings, control),
    channels: async (args, control) => describeChannels(await opened(), args, control),
    snap: async (args, control) => snap(await opened(), args, control),
    clipCurve: async (args, control) => clipCurve(await opened(), args, control),
    featureMaps: async (args, control) => featureMaps(await opened(), args, control),
    numberPath: async (args, control) => numberPath(await opened(), args, control),
    async sensitivity(settings, control) {
      const start = performance.now();
      const stages = await opened();
      const { model } = await stages.subject(settings);
      const { quantized } = await stages.make(settings, control);
      if (!quantized) throw new Error('No layer costs anything in 32-bit float: choose a bitwidth.');
      const calibration = await stages.calibrated(settings, control);
      const { ranOn, ...found } = await measureSensitivity(
        modelFor(model, quantized.scheme),
        quantized,
        calibration,
        await stages.testSet(settings, control),
        settings.images,
        control,
        stages.here,
      );
      return { ...found, settings, device: ranOn ?? stages.device, seconds: (performance.now() - start) / 1000 };
    },
  };
}
