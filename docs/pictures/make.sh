#!/usr/bin/env bash
# Makes the pictures beside this file: the drawn face as a photograph, four of them, the one with what `fer predict` finds in it, and the beginning of
# the shipped model's report. Needs Chromium and the .NET SDK; run it at the top level.
set -euo pipefail
cd "$(dirname "$0")"
top="$(cd ../.. && pwd)"
shoot() { # shoot FILE PICTURE WIDTH HEIGHT
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=1 \
    "--window-size=$3,$4" "--screenshot=$2" "file://$1" >/dev/null 2>&1
}
shoot "$PWD/face.svg" face.png 640 480
shoot "$PWD/faces.svg" faces.png 1280 480
"$top/fer" predict --model "$top/artifacts/fer-seven.zip" face.png --annotate face-found.png
shoot "$top/artifacts/fer-seven.html" report.png 1000 700
