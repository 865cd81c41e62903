/** Writes docs/results.md from the rows in docs/results: `npm run results`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../src/lab/hosts/node.ts';
import { agreementSection, readAgreementRows } from './agreement.ts';
import { engineSection, readEngineRows } from './engine.ts';
import { gpuSection, readGpuRows } from './gpu.ts';
import { labSection, readLabRows } from './lab.ts';
import { onnxSection, readOnnxRows } from './onnx.ts';
import { resultsPage } from './page.ts';
import { readRows } from './rows.ts';

const folder = join(PROJECT, 'docs', 'results');
writeFileSync(
  join(PROJECT, 'docs', 'results.md'),
  resultsPage(
    readRows(folder),
    [
      engineSection(readEngineRows(folder)),
      labSection(readLabRows(folder)),
      gpuSection(readGpuRows(folder)),
      onnxSection(readOnnxRows(folder)),
      agreementSection(readAgreementRows(folder)),
    ].filter((section) => section !== ''),
  ),
);
