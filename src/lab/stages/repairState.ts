/** How far repairs have got, as bytes: the quantized models as ONNX holds them, to the last code. */
import type { RepairsDone } from '../../calibrate/repair/repairInTurn.ts';
import { unzipped, zipped } from '../../data/archives/writeZip.ts';
import { readOnnx } from '../../onnx/read/read.ts';
import { writeQdqOnnx } from '../../onnx/write/qdq.ts';
import type { QuantizedModel } from '../../quant/types.ts';

const STATE = 'state.json';

/** Codes hardly shrink. */
const FAST = 1;

type Said = { readonly units: number; readonly verdicts: QuantizedModel['repairs'] };

export function repairStateBytes({ judged, model, units }: RepairsDone): Uint8Array<ArrayBuffer> {
  const said: Said = { units, verdicts: judged.repairs };
  const files = new Map([
    [STATE, new TextEncoder().encode(JSON.stringify(said))],
    ['judged.onnx', writeQdqOnnx(judged)],
    ['model.onnx', writeQdqOnnx(model)],
  ]);
  return zipped(files, FAST);
}

/**
 * @param start of the same settings, network and images
 * @throws where the bytes are damaged
 */
export function readRepairState(bytes: Uint8Array, start: QuantizedModel): RepairsDone {
  const files = unzipped(bytes);
  const { units, verdicts } = JSON.parse(new TextDecoder().decode(files[STATE])) as Said;
  function modelIn(file: string): QuantizedModel {
    const read = readOnnx(files[file], file);
    if (read.kind !== 'quantized') throw new Error(`${file}: no quantized network.`);
    const { weights, activations } = read.model;
    return { ...start, weights, activations, ...(verdicts && { repairs: verdicts }) };
  }
  return { judged: modelIn('judged.onnx'), model: modelIn('model.onnx'), units };
}
