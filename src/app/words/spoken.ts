/** The words for what is measured: accuracy, or agreement where nobody knows what is on the images. */
import type { RunSettings } from '../../contract/run.ts';
import { WORDS, type Words } from './words.ts';

const {
  agreement,
  bill,
  damage,
  data,
  experiments,
  findings,
  images,
  layers,
  look,
  modelAbsent,
  results,
  screens,
  shell,
  snap,
  story,
} = WORDS;

const OF_AGREEMENT: Words = {
  ...WORDS,
  bill: {
    ...bill,
    ...agreement.bill,
    guess: { ...bill.guess, ...agreement.guess },
    columns: { ...bill.columns, ...agreement.columns },
  },
  results: {
    ...results,
    columns: results.columns.map((column) =>
      column === 'Top-1' ? agreement.results.top1 : column === 'Top-1 in ONNX Runtime' ? agreement.results.ort : column,
    ),
  },
  findings: { ...findings, ...agreement.findings },
  shell: { ...shell, readouts: { ...shell.readouts, ...agreement.readouts } },
  images: { ...images, ...agreement.images },
  look: { ...look, ...agreement.look },
  damage: { ...damage, ...agreement.damage },
  story: { ...story, ...agreement.story },
  snap: { ...snap, ...agreement.snap },
  screens: {
    ...screens,
    bill: { ...screens.bill, task: agreement.tasks.bill },
    staircase: { ...screens.staircase, task: agreement.tasks.staircase },
  },
  modelAbsent: { ...modelAbsent, recorded: agreement.recorded },
  data: { ...data, file: { ...data.file, ...agreement.file } },
  experiments: { ...experiments, ...agreement.experiments },
  layers: {
    ...layers,
    ...agreement.layers,
    guess: { ...layers.guess, ...agreement.layerGuess },
    rankColumns: { ...layers.rankColumns, ...agreement.rankColumns },
  },
};

/** @param against as the settings of what is spoken of say it */
export const spoken = (against: RunSettings['against']): Words => (against === undefined ? WORDS : OF_AGREEMENT);
