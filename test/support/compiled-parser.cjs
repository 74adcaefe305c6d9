/**
 * Keeps the parser of undici compiled. V8 shares the code of a WebAssembly module between threads while one of them
 * holds it; otherwise it optimises the parser again for each run's prober, which takes 130 ms of CPU.
 */
const bytes = require("undici/lib/llhttp/llhttp_simd-wasm.js");
globalThis.compiledParser = new WebAssembly.Module(bytes);
