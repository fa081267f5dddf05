// ts-jest, and what is global held in constants of each file: a global of Jest's context is looked up anew at each use,
// which makes loops over pixels several times as slow as they are outside.
const { default: tsJest } = require('ts-jest');

const GLOBALS = [
  'Math',
  'Infinity',
  'Number',
  'Array',
  'Uint8Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
];
const CONSTANTS = `const { ${GLOBALS.join(', ')} } = globalThis;`;

module.exports = {
  createTransformer(options) {
    const transformer = tsJest.createTransformer(options);
    return {
      canInstrument: false,
      getCacheKey: (...args) => `${transformer.getCacheKey(...args)}${CONSTANTS}`,
      process(...args) {
        const result = transformer.process(...args);
        // On the first line, so that line numbers stay what they are.
        return { ...result, code: result.code.replace(/^"use strict";/, `$&${CONSTANTS}`) };
      },
    };
  },
};
