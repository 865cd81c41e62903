/** The sections of docs/results.md on other things than accuracy, each made of rows of its own. */
import { agreementSection, readAgreementRows } from './agreement.ts';
import { choicesSection, readChoiceRows } from './choicesSection.ts';
import { engineSection, readEngineRows } from './engine.ts';
import { fastestSection, readFastestRows } from './fastestSection.ts';
import { gpuSection, readGpuRows } from './gpu.ts';
import { labSection, readLabRows } from './lab.ts';
import { onnxSection, readOnnxRows } from './onnx.ts';
import { ownHeadSection, readOwnHeadRows } from './ownHeadSection.ts';

/** Those that have rows in the folder. @throws naming the file and line of a row that is none */
export const sectionsIn = (folder: string): readonly string[] =>
  [
    engineSection(readEngineRows(folder)),
    fastestSection(readFastestRows(folder)),
    labSection(readLabRows(folder)),
    gpuSection(readGpuRows(folder)),
    onnxSection(readOnnxRows(folder)),
    agreementSection(readAgreementRows(folder)),
    ownHeadSection(readOwnHeadRows(folder)),
    choicesSection(readChoiceRows(folder)),
  ].filter((section) => section !== '');
