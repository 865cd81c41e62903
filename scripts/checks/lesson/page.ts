/** A browser on the page as a class has it: `npm start`, or a page that is served already. */
import { spawn } from 'node:child_process';
import { chromium, type Browser } from 'playwright';
import { CHROMIUM_ARGS, findChromium } from '../../chromium.ts';

export type Started = { readonly address: string; readonly browser: Browser; readonly stop: () => Promise<void> };

/** `npm start`, and its address once it says it. */
async function start(): Promise<{ readonly address: string; readonly stop: () => void }> {
  const server = spawn('npm', ['start'], { env: { ...process.env, CI: '1' }, detached: true });
  const address = await new Promise<string>((resolve, reject) => {
    server.stdout.on('data', (text: Buffer) => {
      const found = /Fewbit is open at (\S+)/.exec(text.toString());
      if (found) resolve(found[1]);
    });
    server.on('exit', () => reject(new Error('npm start ended before it said its address.')));
  });
  return { address, stop: () => void (server.pid && process.kill(-server.pid)) };
}

/** @param address of a page that is served; undefined: `npm start` is begun, and ended by `stop` */
export async function openBrowser(address: string | undefined): Promise<Started> {
  const server = address === undefined ? await start() : { address, stop: () => undefined };
  const browser = await chromium.launch({ executablePath: findChromium(), args: [...CHROMIUM_ARGS] });
  return {
    address: server.address,
    browser,
    async stop() {
      await browser.close();
      server.stop();
    },
  };
}
