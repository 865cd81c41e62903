/**
 * `npx tsx scripts/checks/lesson/walk.ts [--address http://localhost:4173/] [--report e2e/review/lesson.md] [--programs 2]`: walks the lesson in
 * Chromium, step by step, as the player leads through it, and writes what was found, how long it took, a picture of each step, and whether it lies
 * within the tolerances of datasets/recorded/lesson.json. Without --address it starts `npm start` itself.
 * `--programs` loads the machine with so many others meanwhile.
 * A step that takes longer than its minutes, is silent for more than 3 s, or finds another answer, ends it with 1.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { bits } from '../../../src/app/words/lessons/bits.ts';
import { toWebp } from '../../webp.ts';
import { otherPrograms } from './load.ts';
import { openBrowser } from './page.ts';
import { longestSilence, watchSilence } from './silence.ts';
import { WALKS, type Found } from './steps.ts';

/** Seconds. */
const LONGEST_SILENCE = 3;

type Answer = { readonly id: string; readonly low?: number; readonly high?: number };

const { steps } = bits;
const { values } = parseArgs({
  options: {
    address: { type: 'string' },
    programs: { type: 'string', default: '0' },
    report: { type: 'string', default: 'e2e/review/lesson.md' },
    steps: { type: 'string', default: steps.map(({ id }) => id).join() },
  },
});
const { answers } = JSON.parse(await readFile('datasets/recorded/lesson.json', 'utf8')) as {
  answers: readonly Answer[];
};

/** What of the answers lies outside its tolerance, in words. */
function outside(found: readonly Found[]): readonly string[] {
  return found.flatMap(({ what, value }) => {
    const { low, high } = answers.find(({ id }) => id === what) ?? {};
    const share = Number.parseFloat(/([\d.]+)%(?=;| ?$|$)/.exec(value)?.[1] ?? '') / 100;
    if (low === undefined || high === undefined || !/^[\d.]+%$/.test(value)) return [];
    return share >= low && share <= high ? [] : [`${what} is ${value}, expected ${low} to ${high}`];
  });
}

const { address, browser, stop } = await openBrowser(values.address);
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await watchSilence(page);
const endPrograms = otherPrograms(Number(values.programs));
const helper = await browser.newPage();
const folder = dirname(values.report);
await mkdir(folder, { recursive: true });
const wanted = steps
  .map((step, i) => ({ ...step, number: i + 1 }))
  .filter(({ id }) => values.steps.split(',').includes(id));
const rows: string[] = [];
const faults: string[] = [];
try {
  for (const { id, title, minutes, link, number } of wanted) {
    const allowed = (minutes || 3) * 60;
    const begun = performance.now();
    let found: readonly Found[] = [];
    let fault = '';
    try {
      // A press waits for its button as long as the step has minutes.
      page.setDefaultTimeout(1000 * allowed);
      await page.goto('about:blank');
      await page.goto(`${address}${link}&lesson=${number}`);
      found = await WALKS[id](page, 1000 * allowed);
    } catch (error) {
      fault = (error instanceof Error ? error.message : String(error)).split('\n')[0];
    }
    const seconds = (performance.now() - begun) / 1000;
    const silence = await longestSilence(page);
    const picture = await toWebp(helper, await page.screenshot());
    await writeFile(join(folder, `lesson-${number}-${id}.webp`), Buffer.from(picture, 'base64'));
    const wrong = [
      ...(fault ? [fault] : []),
      ...outside(found),
      ...(silence && silence.seconds > LONGEST_SILENCE
        ? [
            `${silence.seconds.toFixed(1)} s without a change or a reason (${silence.stalled.toFixed(1)} s of them without a turn for the page): ${silence.shown}`,
          ]
        : []),
      ...(seconds > allowed ? [`took longer than ${allowed} s`] : []),
    ];
    faults.push(...wrong.map((one) => `${title}: ${one}`));
    const told = found.map(({ what, value }) => `${what}: ${value.replaceAll('|', '/')}`).join('<br>');
    rows.push(
      `| ${number}. ${title} | ${seconds.toFixed(0)} of ${allowed} | ${silence?.seconds.toFixed(1) ?? 'below 1'} | ${told} | ${wrong.join('; ') || 'as expected'} |`,
    );
    console.log(rows.at(-1));
  }
} finally {
  endPrograms();
  await stop();
}
const load = loadavg()[0].toFixed(1);
await writeFile(
  values.report,
  `# The lesson, walked

\`npx tsx scripts/checks/lesson/walk.ts\` on ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores with a load of ${load}${Number(values.programs) > 0 ? `, ${values.programs} other programs at full tilt` : ''}. A silence is a wait in which nothing on the page changes and no reason is given. Each step from its own link, in a page that was just opened.

| step | seconds | longest silence, s | found | |
|---|---|---|---|---|
${rows.join('\n')}
`,
);
if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
