/** Where the page serves onnxruntime-web's .wasm itself. Never imported by Node. */
export { default as ortWasmUrl } from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
