/** The page's entry: one lab, one store, one tree. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createLab } from '../lab/rpc/client.ts';
import { App } from './App.tsx';
import { stayOnDrop } from './datasets/useDropAnywhere.ts';
import { parseLink } from './state/link.ts';
import { isFromCopy, sayOpened, startNoWorker } from './offline/fromCopy.ts';
import { startServiceWorker } from './offline/register.ts';
import { ErrorBoundary } from './recovery/ErrorBoundary.tsx';
import { keepSession, keptName, restoreKept } from './recovery/keptSession.ts';
import { watchParts } from './recovery/lostPart.ts';
import { lookForNewVersion, watchVersions } from './recovery/newVersion.ts';
import { createAppStore } from './state/appStore.ts';
import { RECORDED } from './recorded/recorded.ts';
import { WORDS } from './words/words.ts';
import './styles.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root".');

const { link, problems } = parseLink(location.hash, location.search);
const fromCopy = isFromCopy();
const lab = fromCopy ? createLab(startNoWorker) : createLab();
const store = createAppStore(lab, link, RECORDED);

if (!fromCopy) keepWhatComes();

createRoot(root).render(
  <StrictMode>
    <ErrorBoundary what={WORDS.recovery.thePage}>
      <App store={store} lab={lab} problems={problems} />
    </ErrorBoundary>
  </StrictMode>,
);

stayOnDrop();
if (fromCopy) sayOpened();
else if (import.meta.env.PROD) {
  watchParts(() => void lookForNewVersion());
  watchVersions();
  void startServiceWorker();
}

/** Some browsers refuse a page its storage: then nothing is kept. */
function keepWhatComes(): void {
  try {
    const name = keptName(location.pathname);
    restoreKept(store, sessionStorage, name);
    keepSession(store, sessionStorage, name);
  } catch {
    return;
  }
}
