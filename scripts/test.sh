#!/usr/bin/env bash
# Every check there is: types, lint, format, architecture, and all tests against real Redis, ffmpeg, PostgreSQL.
# Arguments go to Jest: scripts/test.sh test/domain
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh --test
node_modules/.bin/tsc --noEmit
node_modules/.bin/eslint . --max-warnings 0
node_modules/.bin/prettier --check --log-level warn .
results=$(mktemp)
trap 'rm -f "$results"' EXIT
status=0
node_modules/.bin/jest --json --outputFile="$results" "$@" || status=$?
node -e '
  const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped, numRuntimeErrorTestSuites: broken } = require(process.argv[1]);
  console.log(`tests: ${passed} passed, ${failed + broken} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
' "$results" || status=1
exit "$status"
