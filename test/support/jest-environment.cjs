// onnxruntime checks `instanceof Float32Array` against Node's own realm; Jest runs tests in another one.
// Handing the outer constructors to the test realm makes real inference work in tests.
const { TestEnvironment } = require('jest-environment-node');

const OUTER = {
  ArrayBuffer,
  Float32Array,
  Float64Array,
  Int32Array,
  Uint8Array,
  Uint16Array,
  BigInt64Array,
  BigUint64Array,
  Int8Array,
  Int16Array,
  Uint32Array,
};

module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    Object.assign(this.global, OUTER);
  }
};
