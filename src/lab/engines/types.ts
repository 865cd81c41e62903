/** The seam: what everything that runs networks has in common. The rows are in engines.ts. */
import type { Network } from '../../data/predict.ts';
import type { FloatModel } from '../../graph/types.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import type { FileForm } from '../../contract/calls/race.ts';
import type { Device, RanOn } from '../../contract/device.ts';
import type { EngineName } from '../../contract/engines.ts';
import type { Resources } from '../resources.ts';

/** A network as settings describe it: float, or quantized; of one that was brought the very file. */
export type Made = {
  readonly model: FloatModel;
  readonly quantized: QuantizedModel | null;
  readonly file?: Uint8Array;
};

/** What engines need of where they run. */
export type Here = Pick<Resources, 'lanes' | 'openNative' | 'helpers'> & {
  /** tfjs's, which is open already. */
  readonly device: Device;
};

export type OpenOptions = {
  /** How the network is written for an engine that reads files; by default packed integers, or float32. */
  readonly form?: FileForm;
  /** Threads of an engine that can be told; by default as many as help. */
  readonly threads?: number;
  /** For a moment's use: no time is spent on finding the fastest way to run it. */
  readonly quick?: boolean;
  /** An opening that it comes too late for is closed again. */
  readonly signal?: AbortSignal;
};

/** What a row opens. */
export type RowNetwork = Network & {
  readonly ranOn: RanOn;
  /** Images at once, where the engine has a choice of its own. */
  readonly batch?: number;
};

/** A network that is open in an engine. */
export type OpenNetwork = RowNetwork & { readonly engine: EngineName };

export type EngineRow = {
  /** Why it cannot run such a network here, in a sentence; null: it can. */
  readonly whyAbsent: (here: Here, made: Made) => string | null | Promise<string | null>;
  /** @throws Error with a sentence where the network cannot be opened; the signal's reason */
  readonly open: (made: Made, here: Here, options: OpenOptions) => Promise<RowNetwork>;
  /** Whether an open network is worth keeping for whoever asks for the same one next. */
  readonly keeps?: boolean;
};
