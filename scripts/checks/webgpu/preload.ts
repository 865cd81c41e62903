/** `npx tsx --import ./scripts/checks/webgpu/preload.ts SCRIPT --backend webgpu`: a GPU for scripts that load tfjs at once. */
import { requireNodeGpu } from './nodeGpu.ts';

await requireNodeGpu();
