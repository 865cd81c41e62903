/** The page's entry: one lab, one store, one tree. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createLab } from '../lab/rpc/client.ts';
import { App } from './App.tsx';
import { stayOnDrop } from './datasets/useDropAnywhere.ts';
import { parseLink } from './state/link.ts';
import { startServiceWorker } from './offline/register.ts';
import { createAppStore } from './state/appStore.ts';
import { RECORDED } from './recorded/recorded.ts';
import './styles.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root".');

const { link, problems } = parseLink(location.hash, location.search);
const lab = createLab();
const store = createAppStore(lab, link, RECORDED);

createRoot(root).render(
  <StrictMode>
    <App store={store} lab={lab} problems={problems} />
  </StrictMode>,
);

stayOnDrop();
if (import.meta.env.PROD) void startServiceWorker();
