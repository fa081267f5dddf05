#!/usr/bin/env bash
# Makes a fresh machine ready: Debian packages, npm packages, build, networks, sample footage. Run again, it
# only checks. `scripts/demo.sh` and `scripts/test.sh` call it.
#   scripts/setup.sh          what the system and the demo need
#   scripts/setup.sh --test   also what only the tests need (PostgreSQL, RabbitMQ, Mosquitto, Chromium)
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "setup: $*" >&2; }
fail() { printf '%s\n' "setup: $*" >&2; exit 1; }

command -v node >/dev/null || fail "Node.js is missing: install Node 20 or newer (https://nodejs.org)"
[ "$(node -p 'process.versions.node.split(".")[0] >= 20')" = true ] || fail "Node $(node -v) is too old: install Node 20 or newer"

# --- Debian packages -------------------------------------------------------------------------------------------
declare -A package_of=([ffmpeg]=ffmpeg [ffprobe]=ffmpeg [redis-server]=redis-server)
# better-sqlite3 is compiled where no ready-made build of it can be fetched.
[ -d node_modules/better-sqlite3/build ] || package_of+=([python3]=python3 [make]=make [g++]=g++)
if [ "${1:-}" = --test ]; then
  package_of+=([chromium]=chromium [openssl]=openssl)
  # In a folder that not everybody's PATH has.
  [ -x /usr/sbin/rabbitmq-server ] || package_of+=([rabbitmq-server]=rabbitmq-server)
  [ -x /usr/sbin/mosquitto ] || package_of+=([mosquitto]=mosquitto)
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || package_of+=([postgresql-initdb]=postgresql)
  # Real RTSP cameras: GStreamer's server, driven by the system's own Python.
  /usr/bin/python3 - >/dev/null 2>&1 <<'PYTHON' || package_of+=([gst-rtsp-server]="gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad python3-gi")
import gi
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
parts = ("appsrc", "h264parse", "h265parse", "jpegparse", "rtph264pay", "rtph265pay", "rtpjpegpay")
assert all(Gst.ElementFactory.find(part) for part in parts)
PYTHON
fi
missing=()
for command in "${!package_of[@]}"; do
  # One entry may name several packages.
  command -v "$command" >/dev/null || { read -ra packages <<<"${package_of[$command]}"; missing+=("${packages[@]}"); }
done
if [ ${#missing[@]} -gt 0 ]; then
  readarray -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
  as_root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null && as_root=(sudo) || fail "please install: ${missing[*]} (apt-get install ${missing[*]})"
  fi
  command -v apt-get >/dev/null || fail "please install: ${missing[*]} (this machine has no apt-get)"
  say "installing ${missing[*]}"
  # Services that a package would start on its own are not wanted: Camqueue starts its own private ones.
  log=$(mktemp)
  {
    "${as_root[@]}" apt-get update &&
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y --no-install-recommends "${missing[@]}"
  } >"$log" 2>&1 || { tail -n 20 "$log" >&2; fail "apt-get could not install ${missing[*]}"; }
  rm -f "$log"
  # systemd starts these two all the same.
  for service in rabbitmq-server mosquitto; do
    [[ " ${missing[*]} " != *" $service "* ]] || ! command -v systemctl >/dev/null ||
      "${as_root[@]}" systemctl disable --now "$service" >/dev/null 2>&1 || true
  done
fi

# --- npm packages ----------------------------------------------------------------------------------------------
wanted=$(cat package.json package-lock.json | sha256sum)
if [ "$(cat node_modules/.camqueue-lock 2>/dev/null)" != "$wanted" ]; then
  say "npm ci (about a minute: better-sqlite3 may be compiled)"
  npm ci --no-progress --loglevel=error >&2
  printf '%s' "$wanted" >node_modules/.camqueue-lock
fi

# --- build -----------------------------------------------------------------------------------------------------
if [ ! -f dist/.built ] || [ -n "$(find src jobs queues models scripts package.json tsconfig*.json -name '*.ts' -newer dist/.built -print -quit -o -name '*.json' -newer dist/.built -print -quit)" ]; then
  say "building"
  rm -rf dist
  node_modules/.bin/tsc -p tsconfig.build.json >&2
  chmod +x dist/src/main/cli.js
  touch dist/.built
fi

# --- networks --------------------------------------------------------------------------------------------------
node dist/scripts/fetch-models.js >&2

# --- sample footage --------------------------------------------------------------------------------------------
# vtest.avi (pedestrians, 768x576, 10 frames/s, 79.5 s) from Debian's opencv-doc. Unpacked here, not installed:
# minimal Debian images leave out /usr/share/doc, and no root is needed this way.
footage=media/vtest.avi
footage_sha256=45cddc9490be69345cbdab64ca583be65987e864ca408038e648db99e10516cf
if [ ! -f "$footage" ]; then
  mkdir -p media
  installed=/usr/share/doc/opencv-doc/examples/data/vtest.avi
  if [ -f "$installed" ]; then
    cp "$installed" "$footage.part"
  elif command -v apt-get >/dev/null; then
    say "fetching sample footage (Debian package opencv-doc, about 90 MB, once)"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    (cd "$work" && { apt-get download -q opencv-doc >/dev/null 2>&1 || { apt-get update >/dev/null 2>&1 && apt-get download -q opencv-doc >/dev/null; }; }) || say "sample footage could not be fetched"
    for deb in "$work"/*.deb; do
      [ -f "$deb" ] && dpkg-deb --fsys-tarfile "$deb" | tar -xO ./usr/share/doc/opencv-doc/examples/data/vtest.avi >"$footage.part"
    done
  fi
  if [ -s "$footage.part" ]; then
    echo "$footage_sha256  $footage.part" | sha256sum --check --status || fail "sample footage has the wrong SHA-256: remove $footage.part and try again"
    mv "$footage.part" "$footage"
  else
    say "no sample footage: give the demo a video of your own (scripts/demo.sh my.mp4)"
  fi
fi
