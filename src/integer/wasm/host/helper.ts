/** A helper thread in a browser: does one task after another, and says when it begins. */
import { help, type HelperTask } from './helpers.ts';

onmessage = ({ data }: MessageEvent<HelperTask>) => help(data, () => postMessage('begun'));
