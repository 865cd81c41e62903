/** Writes docs/results.md from the rows in docs/results: `npm run results`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../src/lab/hosts/node.ts';
import { resultsPage } from './page.ts';
import { readRows } from './rows.ts';
import { sectionsIn } from './sections.ts';

const folder = join(PROJECT, 'docs', 'results');
writeFileSync(join(PROJECT, 'docs', 'results.md'), resultsPage(readRows(folder), sectionsIn(folder)));
