/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/support/jest-environment.cjs',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // Types are checked by `npm run check`; here files are only transpiled. `commonjs` turns import() into require,
  // which Jest can load without experimental flags.
  transform: {
    '^.+\\.ts$': [
      '<rootDir>/test/support/transform.cjs',
      {
        diagnostics: false,
        tsconfig: {
          module: 'commonjs',
          moduleResolution: 'bundler',
          target: 'es2023',
          isolatedModules: true,
          esModuleInterop: true,
          sourceMap: true,
          // Imports stay as they are written (ESLint sees to it that types are imported as such): a quarter quicker.
          verbatimModuleSyntax: true,
        },
      },
    ],
  },
  // Sources import './x.js' (what Node will load); Jest reads the .ts beside it.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  reporters: ['default', '<rootDir>/test/support/closing-line.cjs'],
  // Waits end when what they wait for happens: on a busy machine that takes long, and proves nothing.
  setupFilesAfterEnv: ['<rootDir>/test/support/retry-real-time.cjs'],
  testTimeout: 120_000,
  // One more than the cores of a small machine: many tests wait for processes, cameras and leases.
  maxWorkers: 3,
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};
