/** Who computes, and what: device, model, dataset. */
import type { Opened } from '../lab/protocol.ts';
import { count, millions } from './format.ts';
import { ThemeButton } from './ThemeButton.tsx';

export function Header({ opened, images }: { readonly opened: Opened | null; readonly images: number }) {
  return (
    <header>
      <h1>
        few<span className="quantized">bit</span>
      </h1>
      <dl className="setup">
        <div>
          <dt>Network</dt>{' '}
          <dd data-testid="model">
            {opened ? `${opened.model.name}, ${millions(opened.model.parameters)} parameters, ${millions(opened.model.macs)} multiply-adds` : '…'}
          </dd>
        </div>
        <div>
          <dt>Images</dt>{' '}
          <dd data-testid="dataset">{opened ? `${opened.dataset.name}, ${count(images)} it was not trained on` : '…'}</dd>
        </div>
        <div>
          <dt>Computes on</dt>{' '}
          <dd data-testid="device" data-backend={opened?.device.backend}>
            {opened ? opened.device.description : '…'}
          </dd>
        </div>
      </dl>
      <ThemeButton />
    </header>
  );
}
