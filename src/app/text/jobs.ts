/** The lab's jobs, and their failures, in words. */
import { WORDS } from '../words/words.ts';
import type { State } from '../state/state.ts';
import type { Job } from '../state/job.ts';
import { nameOf } from './names.ts';

/** The job in a few words, as the page says them while it works. */
export function describeJob(job: Job): string {
  switch (job.kind) {
    case 'open':
      return WORDS.shell.openingLab;
    case 'images':
      return WORDS.shell.fetchingImages;
    case 'preview':
      return job.ahead ? WORDS.shell.previewingAhead : WORDS.shell.previewing(nameOf(job.settings));
    case 'evaluate':
      return WORDS.shell.measuring(nameOf(job.settings));
    case 'score':
      return WORDS.shell.timing(nameOf(job.settings));
  }
}

/** What failed and why; where something is only not here yet, that alone. */
export const describeFailure = ({ job, message, absent, unknownClasses }: NonNullable<State['failure']>): string =>
  absent || unknownClasses ? message : WORDS.shell.failed(describeJob(job), message);
