/**
 * Lets messages (a cancel) arrive between two pieces of work. A message of its own, not a timer: browsers make a timer
 * that follows on a timer wait 4 ms.
 */
export const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
