#!/usr/bin/env bash
# Every check there is: types, lint, format, architecture, and all tests against real Redis, ffmpeg, PostgreSQL.
# Arguments go to Jest: scripts/test.sh test/domain
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh --test
node_modules/.bin/tsc --noEmit
node_modules/.bin/eslint . --max-warnings 0
node_modules/.bin/prettier --check --log-level warn .
exec node_modules/.bin/jest "$@"
