#!/bin/sh
# Fetches and converts the networks; see scripts/fetch-models.ts. Needs `npm ci` first.
set -eu
cd "$(dirname "$0")/.."
[ -f dist/scripts/fetch-models.js ] || npm run --silent build
exec node dist/scripts/fetch-models.js
