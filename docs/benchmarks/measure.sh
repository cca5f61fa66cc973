#!/usr/bin/env bash
# Times the reference networks with FerMl and with other programs, in turn, and writes one JSON line a figure with program, date and machine.
#
#   docs/benchmarks/measure.sh ROUNDS 'NAME=COMMAND' ... > docs/benchmarks/speed.jsonl
#
# A command prints lines such as {"net":"rthin48","mode":"train","dtype":"fp32","images_per_second":100} on the networks of `fer bench`. Then
# FER_UPDATE_DOCS=1 dotnet test --filter DocumentedFiguresTests writes the tables of README.md and docs/benchmarks.md from the file.
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=$1
shift
. docs/benchmarks/machine.sh
version=$(git describe --always --dirty)
tag() { # tag PROGRAM ROUND
  grep '^{' | sed "s|^{|{\"program\":\"$1\",\"round\":$2,\"date\":\"$date\",\"machine\":\"$machine\",|"
}
for round in $(seq "$rounds"); do
  dotnet Fer.Pipeline/bin/Release/net10.0/fer.dll bench --json 2>/dev/null | sed "s|^{|{\"version\":\"$version\",|" | tag FerMl "$round"
  for peer in "$@"; do
    bash -c "${peer#*=}" 2>/dev/null | tag "${peer%%=*}" "$round"
  done
done
