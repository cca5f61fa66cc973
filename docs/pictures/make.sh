#!/usr/bin/env bash
# Makes the pictures beside this file: the drawn face as a photograph, four of them, the one with what `fer predict` finds in it, the beginning of
# the shipped model's report, the page of `fer serve` with the four, and the table of `fer experiment` at work. The last takes some minutes of
# a sweep on drawn faces (leave data/ empty). Needs the .NET SDK, Chromium, ffmpeg, tmux, aha and ImageMagick.
#
#   docs/pictures/make.sh [face] [report] [page] [table]     only these; without a name all of them
set -euo pipefail
cd "$(dirname "$0")"
top="$(cd ../.. && pwd)"
work="$(mktemp -d)"
terminal="fer-pictures-$$"
finish() {
  tmux -L "$terminal" kill-server 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

shoot() { # shoot FILE PICTURE WIDTH HEIGHT
  # In a profile of its own: with the user's, it may wait for another Chromium.
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=1 "--user-data-dir=$work/profile" \
    "--window-size=$3,$4" "--screenshot=$2" "file://$1" >/dev/null 2>&1
}

face() {
  shoot "$PWD/face.svg" face.png 640 480
  shoot "$PWD/faces.svg" faces.png 1280 480
  "$top/fer" predict --model "$top/artifacts/fer-seven.zip" face.png --annotate face-found.png
}

report() {
  shoot "$top/artifacts/fer-seven.html" report.png 1000 700
}

page() {
  # The test opens it in a browser and clicks.
  FER_SCREENSHOTS="$work" dotnet test "$top/Fer.Tests" --filter The_four_drawn_faces_are_found_and_shown >/dev/null
  convert "$work/four-faces.png" -crop 1200x915+0+0 +repage +dither -colors 256 page.png
}

table() {
  local rows=24 shown="$work/screen"
  "$top/fer" --version >/dev/null
  : >"$shown"
  tmux -L "$terminal" new-session -d -x 104 -y "$rows" \
    "'$top/fer' experiment --minutes 120 --scheme three --width 0.5 --architectures FerNet,ThreeConvolutionCnn --output '$work/out'"
  # After three minutes or so the longer trials have results too.
  until grep -qE ' ([3-9]|[1-9][0-9]) %  ends in' "$shown" && grep -q ' running ' "$shown" && grep -q '  epoch ' "$shown"; do
    sleep 2
    tmux -L "$terminal" capture-pane -p >"$shown"
  done
  # The table alone: above it stand the notes, with the folder of this machine.
  local first
  first="$(grep -n '^experiment ' "$shown" | cut -d: -f1)"
  tmux -L "$terminal" capture-pane -p -e -S "$((first - 1))" >"$shown"
  {
    echo '<meta charset="utf-8"><body style="margin:0;background:#16191d">'
    echo '<pre style="display:inline-block;margin:14px;color:#d6dae0;font:15px/1.35 DejaVu Sans Mono,monospace">'
    aha --no-header --black <"$shown"
    echo '</pre>'
  } >"$work/table.html"
  shoot "$work/table.html" "$work/table.png" 1100 600
  convert "$work/table.png" -trim +repage -bordercolor '#16191d' -border 14 +dither -colors 64 table.png
}

if [ "$#" -eq 0 ]; then set -- face report page table; fi
for picture in "$@"; do "$picture"; done
