/** What decoders give. */

/** [height, width, 4], red, green, blue, alpha, 0 .. 255. */
export type Rgba = { readonly height: number; readonly width: number; readonly data: Uint8Array };
