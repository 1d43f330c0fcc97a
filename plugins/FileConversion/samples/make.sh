#!/bin/sh
# Makes the samples from what is written here (they differ in the PDF's dates only). Needs ghostscript and graphicsmagick.
set -eu
cd "$(dirname "$0")"
gs -q -dBATCH -dNOPAUSE -dSAFER -sDEVICE=pdfwrite -dCompatibilityLevel=1.5 -sDocumentUUID=00000000-0000-0000-0000-000000000000 \
   -dEmbedAllFonts=true -o report.pdf -c '<< /NeverEmbed [] >> setdistillerparams' -f report.ps
gm convert -size 480x320 'gradient:#24507a-#e9c46a' -fill '#fff4d6' -draw 'circle 360,90 360,50' \
   -fill '#20313f' -draw 'polygon 0,320 130,150 240,260 330,180 480,320' -depth 8 +profile '*' picture.png
# A document that starts like one and is cut off in the middle.
head -c 700 report.pdf > broken.pdf
