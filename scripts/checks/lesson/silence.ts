/** Watches a page for silent waits: it works, or was just pressed, and nothing that it shows changes, and no reason is given. */
import type { Page } from 'playwright';

/** `stalled`: the longest of it in which the page's own thread got no turn at all: nothing on it could have changed. */
export type Silence = { readonly seconds: number; readonly stalled: number; readonly shown: string };

/** Where the watcher keeps what it saw, on the page. */
type Watched = Window & { silences?: Silence[] };

/** Runs in the page, from its first moment, by itself: nothing here can be imported. */
function watch(): void {
  const EVERY_MS = 200;
  const silences: Silence[] = [];
  (window as Watched).silences = silences;
  let [before, since, pressed] = ['', performance.now(), false];
  let [shown, last, stalled] = ['nothing yet', performance.now(), 0];
  addEventListener('pointerdown', () => ([pressed, since] = [true, performance.now()]), true);
  setInterval(() => {
    stalled = Math.max(stalled, performance.now() - last - EVERY_MS);
    last = performance.now();
    const main = document.querySelector('main');
    const said = [...document.querySelectorAll('main, .dock')]
      .map((each) => (each as HTMLElement).innerText)
      .join('\n');
    const bars = [...document.querySelectorAll('progress')].map(({ value, max }) => `${value}/${max}`).join();
    const drawn = document.querySelectorAll('svg *, canvas').length;
    const now = `${said} ${bars} ${drawn}`;
    const changed = now !== before;
    if (changed && before !== '') pressed = false;
    // What waits behind something else says behind what: that is a reason.
    const reason = /Waits for /.test(said);
    const works = !main || pressed || document.querySelector('progress, .awaited, [aria-busy="true"]') !== null;
    if (changed || !works || reason) {
      const seconds = (performance.now() - since) / 1000;
      if (seconds > 1 && works && !reason) silences.push({ seconds, stalled: stalled / 1000, shown });
      [since, stalled] = [performance.now(), 0];
    }
    shown = document.querySelector('.dock .activity')?.textContent ?? 'nothing yet';
    before = now;
  }, EVERY_MS);
}

export const watchSilence = (page: Page): Promise<unknown> => page.addInitScript(watch);

/** The longest wait so far; null: there was none of a second. */
export async function longestSilence(page: Page): Promise<Silence | null> {
  const all = await page.evaluate(() => (window as Watched).silences ?? []);
  return all.reduce<Silence | null>((most, next) => (next.seconds > (most?.seconds ?? 0) ? next : most), null);
}
