// Lets a child process of a test run the TypeScript sources as they are: `fork(file, {execArgv: ['-r', thisFile]})`.
// Types are stripped, not checked (`npm run types` does that), and './x.js' is looked up as './x.ts'.
const { existsSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, resolve } = require('node:path');
const ts = require('typescript');

const root = resolve(module.path, '../..');
const compilerOptions = {
  module: ts.ModuleKind.CommonJS,
  target: ts.ScriptTarget.ES2023,
  esModuleInterop: true,
  inlineSourceMap: true,
};

const findFile = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
  const from = parent?.filename;
  if (from?.startsWith(root) && !from.includes('node_modules') && /^\.{1,2}\/.*\.js$/.test(request)) {
    const source = resolve(dirname(from), request.replace(/\.js$/, '.ts'));
    if (existsSync(source)) return source;
  }
  return findFile.call(this, request, parent, ...rest);
};

require.extensions['.ts'] = (module, fileName) => {
  const { outputText } = ts.transpileModule(readFileSync(fileName, 'utf8'), { compilerOptions, fileName });
  module._compile(outputText, fileName);
};
