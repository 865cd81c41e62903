/** Random networks in two threads against the plain loops; answers with the differences. */
import { startBrowserHelper } from '../host/browser.ts';
import { difference, imagesFor, judged, randomDepthwise, randomNetwork } from './cases.ts';

const found: string[] = [];
for (let seed = 1; seed <= 30; seed++) {
  const model = seed % 2 ? randomDepthwise(seed) : randomNetwork(seed);
  const expected = judged(model, imagesFor(model, seed));
  const wrong = await difference(expected, { choose: 'fixed', threads: 2, startHelper: startBrowserHelper });
  if (wrong) found.push(`seed ${seed}: ${wrong}`);
}
postMessage(found);
