/** Where a number comes from: the settings and the machine that made it. */
export const provenance = {
  run: (what: string, images: string, calibrated: string, where: string, device: string) =>
    `${what} on ${images} test images${calibrated}; measured ${where}, ${device}`,
  calibrated: (images: string, seed: number) => `, ranges from ${images} training images, seed ${seed}`,
  engine: (engine: string, device: string) => `${engine}, ${device}`,
  here: 'here',
  elsewhere: (file: string) => `elsewhere (${file})`,
  threads: (count: number) => (count === 1 ? 'one thread' : `${count} threads`),
  race: (what: string, threads: string, batch: number, runs: number, warmup: number) =>
    `${what}, ONNX Runtime Web on WebAssembly, ${threads}, batches of ${batch}: median of ${runs} runs after ${warmup} to warm up, 5th to 95th percentile`,
};
