/** Ends the output with one plain line that any program can read. */
module.exports = class {
  onRunComplete(_contexts, results) {
    const {
      numPassedTests: passed,
      numFailedTests,
      numPendingTests: skipped,
      numRuntimeErrorTestSuites: broken,
    } = results;
    const failed = numFailedTests + broken;
    process.stdout.write(
      `tests: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
    );
  }
};
