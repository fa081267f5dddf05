// Lets a child process of a test run the TypeScript sources as they are: `fork(file, {execArgv: ['-r', thisFile]})`.
// Types are stripped, not checked (`npm run types` does that), and './x.js' is looked up as './x.ts'. What was stripped
// once is kept: loading the compiler takes longer than most children live.
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join, resolve } = require('node:path');

const root = resolve(module.path, '../..');
const kept = join(root, 'node_modules/.cache/camqueue-ts');
const { version } = require('typescript/package.json');

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
  const source = readFileSync(fileName, 'utf8');
  const name = createHash('sha256').update(`${version} 1 ${fileName} ${source}`).digest('hex');
  const path = join(kept, `${name}.js`);
  if (!existsSync(path)) keep(path, strip(source, fileName));
  module._compile(readFileSync(path, 'utf8'), fileName);
};

function strip(source, fileName) {
  const ts = require('typescript');
  const compilerOptions = {
    module: ts.ModuleKind.CommonJS,
    target: ts.ScriptTarget.ES2023,
    esModuleInterop: true,
    inlineSourceMap: true,
  };
  return ts.transpileModule(source, { compilerOptions, fileName }).outputText;
}

/** Another process may write the same at this moment: whole files appear, one in place of the other. */
function keep(path, text) {
  mkdirSync(kept, { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}
