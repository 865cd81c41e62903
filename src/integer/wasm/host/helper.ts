/** A helper thread in a browser: says that it runs, then does one task after another. */
import { help, type HelperTask } from './helpers.ts';

onmessage = ({ data }: MessageEvent<HelperTask>) => help(data);
postMessage('running');
