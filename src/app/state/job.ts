/** What the lab can be asked to do for the page. */
import { settingsKey } from '../../contract/settings.ts';
import type { BackendName } from '../../contract/device.ts';
import type { RunSettings } from '../../contract/run.ts';

export type Job =
  | ({ readonly kind: 'open'; readonly backend: BackendName | 'auto' } & Pick<
      RunSettings,
      'model' | 'dataset' | 'side'
    >)
  | { readonly kind: 'images'; readonly count: number }
  /** `ahead`: the control does not stand there yet. */
  | { readonly kind: 'preview'; readonly settings: RunSettings; readonly ahead?: true }
  | { readonly kind: 'evaluate'; readonly settings: RunSettings }
  | { readonly kind: 'score'; readonly settings: RunSettings };

/** Equal jobs have equal keys. */
export function jobKey(job: Job): string {
  switch (job.kind) {
    case 'open':
      return `open ${job.backend} ${job.model} ${job.side ?? ''} ${job.dataset}`;
    case 'images':
      return `images ${job.count}`;
    default:
      return `${job.kind} ${settingsKey(job.settings)}`;
  }
}
