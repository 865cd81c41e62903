/** Work on several items at once, results in order, and no more under way than a budget allows. */

/**
 * `work(item)` for each item, in order, the items asked for one at a time.
 * @param ahead how many may be under way
 */
export async function* mapAhead<T, R>(
  items: AsyncIterable<T>,
  ahead: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void> {
  const underWay: Promise<R>[] = [];
  for await (const item of items) {
    const result = work(item);
    // Whoever waits for it hears of a failure; until then it must not count as unhandled.
    result.catch(() => undefined);
    underWay.push(result);
    if (underWay.length >= ahead) yield underWay.shift() as Promise<R>;
  }
  for (const result of underWay) yield await result;
}
