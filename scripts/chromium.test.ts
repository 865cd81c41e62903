import { describe, expect, test } from 'vitest';
import { findChromium } from './chromium.ts';

const machine = (over: Partial<NonNullable<Parameters<typeof findChromium>[0]>>, files: readonly string[] = []) => ({
  platform: 'linux' as const,
  env: {},
  exists: (path: string) => files.includes(path),
  playwrights: () => '/home/someone/.cache/ms-playwright/chrome',
  ...over,
});

describe('findChromium', () => {
  test('an environment variable goes first', () => {
    const files = ['/opt/my/chrome', '/usr/bin/chromium'];
    expect(findChromium(machine({ env: { FEWBIT_CHROMIUM: '/opt/my/chrome' } }, files))).toBe('/opt/my/chrome');
    expect(findChromium(machine({ env: { CHROME_PATH: '/opt/my/chrome' } }, files))).toBe('/opt/my/chrome');
  });

  test('a variable that names no file is an error that names both', () => {
    const env = { CHROME_PATH: '/gone/chrome' };
    expect(() => findChromium(machine({ env }, ['/usr/bin/chromium']))).toThrow(/CHROME_PATH names \/gone\/chrome/);
  });

  test('then the usual paths of each system', () => {
    expect(findChromium(machine({}, ['/usr/bin/google-chrome']))).toBe('/usr/bin/google-chrome');
    const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
    expect(findChromium(machine({ platform: 'darwin' }, [mac]))).toBe(mac);
    const windows = 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe';
    expect(findChromium(machine({ platform: 'win32', env: { ProgramFiles: 'C:\\Program Files' } }, [windows]))).toBe(
      windows,
    );
  });

  test("then Playwright's own", () => {
    const own = '/home/someone/.cache/ms-playwright/chrome';
    expect(findChromium(machine({}, [own]))).toBe(own);
  });

  test('none: the error says how to get one', () => {
    expect(() => findChromium(machine({}))).toThrow(
      /apt-get install chromium.*playwright install chromium.*FEWBIT_CHROMIUM/,
    );
  });
});
