/** Where the page serves the .wasm of onnxruntime-web's builds itself. Never imported by Node. */
export { default as ortWasmUrl } from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
export { default as ortWebGpuWasmUrl } from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
