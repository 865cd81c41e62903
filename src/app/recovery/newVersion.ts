/** Whether the host has another version of the page than the one that is open: asked for now and then, never forced. */
import { offlineList, pageScope } from '../offline/store.ts';
import { createStore, type Readable } from '../store/store.ts';

const EVERY_MS = 10 * 60_000;

export type NewVersion = { readonly isThere: boolean };

const { set, ...newVersion } = createStore<NewVersion>({ isThere: false });

export const NEW_VERSION: Readable<NewVersion> = newVersion;

/** The script that started this page. Its name holds a hash of all that it reaches. null: not a build */
function entry(): string | null {
  const { src = '' } = document.querySelector<HTMLScriptElement>('script[type="module"][src]') ?? {};
  return src.startsWith(`${pageScope()}assets/`) ? src.slice(pageScope().length) : null;
}

/** Without a network, or where the host answers with something else, there is no news. */
export async function lookForNewVersion(): Promise<void> {
  const own = entry();
  if (own === null) return;
  const list = await offlineList().catch(() => null);
  if (list && !list.files.some(({ path }) => path === own)) set({ isThere: true });
}

/** The person has read of it; the next look says it again. */
export const putOff = (): void => set({ isThere: false });

export function watchVersions(): void {
  setInterval(() => void lookForNewVersion(), EVERY_MS);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void lookForNewVersion();
  });
}
