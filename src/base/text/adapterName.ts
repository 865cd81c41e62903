/** What a WebGPU adapter is called: https://www.w3.org/TR/webgpu/#gpuadapterinfo. */

/** Browsers give the model as a PCI number, which names nothing to a reader. */
const isNumber = (device: string): boolean => /^0x[0-9a-f]+$/i.test(device);

/** By its own words, with the model before them where they leave it out: NVIDIA's driver under Dawn describes itself alone. */
export function adapterName({
  vendor,
  architecture,
  device,
  description,
}: Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'device' | 'description'>): string {
  const words = description || [vendor, architecture].filter(Boolean).join(' ');
  const model = isNumber(device) || words.toLowerCase().includes(device.toLowerCase()) ? '' : device;
  return [model, words].filter(Boolean).join(', ') || 'unnamed GPU';
}
