/** Runs cases one after the other and says of each how it ended; fuzz.ts ends a child that hangs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { runCase, requireGoodSeeds, type Outcome } from './cases.ts';
import { READERS } from './readers.ts';
import { hearing } from './unheard.ts';

/** Of one case: seconds of computing, not of waiting for a turn on a busy machine; bytes. */
const MOST_SECONDS = 2;
const MOST_BYTES = 500e6;

/** The exit code where the files to begin with are not even read. */
const BAD_SEEDS = 3;

/** Where the files of cases that failed are kept. */
const KEPT = '.cache/fuzz';

export type Said =
  | { readonly kind: 'begins'; readonly number: number }
  | { readonly kind: 'ended'; readonly number: number; readonly reader: string; readonly ended: Outcome['ended'] }
  | {
      readonly kind: 'fault';
      readonly number: number;
      readonly reader: string;
      readonly fault: string;
      readonly file: string;
    };

const say = (said: Said): void => void process.send?.(said);

const peakBytes = (): number => process.resourceUsage().maxRSS * 1024;

async function measured(number: number, readers: typeof READERS): Promise<Outcome> {
  const [peak, held, cpu] = [peakBytes(), process.memoryUsage().rss, process.cpuUsage()];
  const { value: outcome, unheard } = await hearing(() => runCase(number, readers));
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (user + system) / 1e6;
  const grown = peakBytes() > peak ? peakBytes() - held : 0;
  if (outcome.fault !== null || outcome.bytes === null) return outcome;
  if (unheard !== null) return { ...outcome, fault: `failed where nobody hears it: ${unheard}` };
  if (seconds > MOST_SECONDS) return { ...outcome, fault: `took ${seconds.toFixed(1)} s` };
  return grown > MOST_BYTES ? { ...outcome, fault: `took ${(grown / 1e6).toFixed(0)} MB` } : outcome;
}

async function main(first: number, only: string | undefined): Promise<never> {
  const readers = only === undefined ? READERS : READERS.filter(({ name }) => name === only);
  await requireGoodSeeds().catch((error: unknown) => {
    console.error(error);
    process.exit(BAD_SEEDS);
  });
  for (let number = first; ; number++) {
    say({ kind: 'begins', number });
    const { reader, bytes, ended, fault } = await measured(number, readers);
    if (fault === null) {
      say({ kind: 'ended', number, reader, ended });
      continue;
    }
    mkdirSync(KEPT, { recursive: true });
    const file = `${KEPT}/${reader.replaceAll(' ', '-')}-${number}.bin`;
    if (bytes) writeFileSync(file, bytes);
    say({ kind: 'fault', number, reader, fault, file });
  }
}

const [first, only] = process.argv.slice(2);
await main(Number(first), only);
