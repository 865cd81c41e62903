/** An async generator's pieces as a stream that asks for one at a time. (ReadableStream.from is not in every browser.) */

export const toStream = <T>(pieces: AsyncGenerator<T, void>): ReadableStream<T> =>
  new ReadableStream<T>(
    {
      pull: async (controller) => {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => {
        await pieces.return();
      },
    },
    { highWaterMark: 0 },
  );
