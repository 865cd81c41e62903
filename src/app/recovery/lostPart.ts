/** Which failures are of a part of the page that could not be fetched: vite says so before it throws. */

const lost = new WeakSet<Error>();

/** @param onLost called each time that a part is missing */
export function watchParts(onLost: () => void): void {
  addEventListener('vite:preloadError', ({ payload }) => {
    lost.add(payload);
    onLost();
  });
}

export const isLostPart = (error: Error): boolean => lost.has(error);
