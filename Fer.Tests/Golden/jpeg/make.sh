#!/usr/bin/env bash
# Makes the small JPEG files of JpegDecoderTests and, as PNG, what the reference decoder (libjpeg-turbo, in ImageMagick 6.9) reads from them.
set -euo pipefail
cd "$(dirname "$0")"
picture="$(mktemp --suffix .png)"
convert -size 40x36 -seed 3 plasma:tomato-steelblue "$picture"
convert "$picture" -quality 85 -sampling-factor 2x2 -strip baseline-420.jpg
convert "$picture" -quality 85 -sampling-factor 2x1 -interlace JPEG -strip progressive-422.jpg
convert "$picture" -quality 70 -colorspace CMYK -strip cmyk.jpg
convert "$picture" -quality 85 -colorspace Gray -strip gray.jpg
# Slices end in restart markers.
ffmpeg -loglevel error -y -i "$picture" -pix_fmt yuvj420p -threads 3 -slices 3 -q:v 3 restart-420.jpg
for jpeg in *.jpg; do convert "$jpeg" -colorspace sRGB -type TrueColor -depth 8 "PNG24:${jpeg%.jpg}.png"; done
rm "$picture"
