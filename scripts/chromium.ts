/** Finds the Chromium that tests drive, and says how to get one. Nothing is downloaded here. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';

/** Environment variables that may name a Chromium, the first one set wins. */
const VARIABLES = ['FEWBIT_CHROMIUM', 'CHROME_PATH'] as const;

type Machine = {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly exists: (path: string) => boolean;
  /** Where Playwright would keep a browser of its own. */
  readonly playwrights: () => string;
};

const THIS_MACHINE: Machine = {
  platform: process.platform,
  env: process.env,
  exists: existsSync,
  playwrights: () => chromium.executablePath(),
};

function usualPaths({ platform, env }: Machine): readonly string[] {
  if (platform === 'darwin') {
    const apps = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
    return apps.map((app) => `/Applications/${app}.app/Contents/MacOS/${app}`);
  }
  if (platform === 'win32') {
    const roots = [env['ProgramFiles'], env['ProgramFiles(x86)'], env['LOCALAPPDATA']].filter(
      (root) => root !== undefined,
    );
    const files = [
      'Google\\Chrome\\Application\\chrome.exe',
      'Chromium\\Application\\chrome.exe',
      'Microsoft\\Edge\\Application\\msedge.exe',
    ];
    return roots.flatMap((root) => files.map((file) => `${root}\\${file}`));
  }
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
  return ['/usr/bin', '/usr/local/bin', '/snap/bin'].flatMap((folder) => names.map((name) => join(folder, name)));
}

/**
 * Path of a Chromium: FEWBIT_CHROMIUM or CHROME_PATH, then the usual places, then Playwright's own.
 * @throws when a variable names a file that is not there, or when there is no Chromium at all.
 */
export function findChromium(machine: Machine = THIS_MACHINE): string {
  for (const variable of VARIABLES) {
    const named = machine.env[variable];
    if (!named) continue;
    if (machine.exists(named)) return named;
    throw new Error(`${variable} names ${named}, and there is no such file. Correct the variable or unset it.`);
  }
  const found = [...usualPaths(machine), machine.playwrights()].find(machine.exists);
  if (found) return found;
  throw new Error(
    'No Chromium found, and the browser tests need one. Install Chrome or Chromium ' +
      '(Debian and Ubuntu: apt-get install chromium; macOS: brew install --cask chromium), ' +
      "or let Playwright fetch its own (npx playwright install chromium), or set FEWBIT_CHROMIUM to an executable's path.",
  );
}

/** Switches for a headless Chromium that has WebGPU (in software where there is no GPU) and talks to nobody. */
export const CHROMIUM_ARGS = [
  '--headless',
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--no-default-browser-check',
] as const;
