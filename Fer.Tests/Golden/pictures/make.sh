#!/usr/bin/env bash
# Makes the small pictures of ImageDecoderTests with ImageMagick 6.9, and as PNG what it reads from them.
set -euo pipefail
cd "$(dirname "$0")"
picture="$(mktemp --suffix .png)"
convert -size 40x36 -seed 3 plasma:tomato-steelblue "$picture"
convert "$picture" -strip -quality 90 lossy.webp
convert "$picture" -alpha set -channel A -evaluate set 60% +channel -strip -define webp:lossless=true seen-through.webp
convert "$picture" -strip -colors 64 palette.gif
# Of two frames, the first of which does not fill the picture.
convert \( "$picture" -crop 20x20+0+0 +repage -repage 40x36+5+4 \) \( -size 40x36 xc:black \) -strip animated.gif
convert "$picture" -strip "BMP3:colours.bmp"
convert "$picture" -strip -colors 16 -compress RLE "BMP3:palette.bmp"
for file in lossy.webp seen-through.webp palette.gif colours.bmp palette.bmp; do
  convert "$file" -background white -alpha remove -alpha off -colorspace sRGB -depth 8 "PNG24:$file.png"
done
convert 'animated.gif[0]' -background white -layers flatten -depth 8 PNG24:animated.gif.png
rm "$picture"
