# Sourced by the scripts beside it: what each stored figure says of when and where it was measured.
processor=$(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -1)
machine="$processor, $(nproc) processors"
date=$(date -u +%F)
