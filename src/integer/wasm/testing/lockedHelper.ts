/** A helper thread that holds a lock for as long as it lives: whoever gets the lock next knows that it is gone. */
import { help, type HelperTask } from '../host/helpers.ts';
import { HELPER_LOCK, holdLock } from './locks.ts';

await holdLock(HELPER_LOCK);
onmessage = ({ data }: MessageEvent<HelperTask>) => help(data, () => postMessage('begun'));
postMessage('locked');
