#!/usr/bin/env bash
# The main job on real footage, from nothing: set up, run, show the result.
#   scripts/demo.sh                        the sample footage, once through (80 seconds)
#   scripts/demo.sh my.mp4 rtsp://host/x   sources of your own, for a minute
#   scripts/demo.sh --keep                 leaves it running, with the addresses of the board and the API
set -euo pipefail
here="$(cd "$(dirname "$0")/.." && pwd)"
"$here/scripts/setup.sh"
exec node "$here/dist/src/main/cli.js" demo "$@"
