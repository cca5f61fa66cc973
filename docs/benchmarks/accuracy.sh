#!/usr/bin/env bash
# Scores a model with `fer evaluate` and keeps its figures in accuracy.jsonl, a line a model, with the command that made it, date and machine.
#
#   docs/benchmarks/accuracy.sh NAME MODEL.zip --data FILE [further options of evaluate]
#
# NAME says which line it replaces or adds. A run's model is scored by the version that trained it, ./fer or what FER names. Then
# FER_UPDATE_DOCS=1 dotnet test --filter DocumentedFiguresTests writes the figures into the pages. Needs jq and unzip.
set -euo pipefail
name=$1
model=$(realpath "$2")
shift 2
fer=${FER:-"$(dirname "$0")/../../fer"}
version=$("$fer" --version | sed 's/^.*+\(.......\).*/\1/')
metrics=$("$fer" evaluate --model "$model" "$@" --json)
cd "$(dirname "$0")/../.."
. docs/benchmarks/machine.sh
# What the whole run took, where its folder still says so; a model by itself knows the training's time.
seconds=$(jq .elapsedSeconds "$(dirname "$model")/experiment.json" 2>/dev/null || echo null)
stored=docs/benchmarks/accuracy.jsonl
{
  jq -c --arg name "$name" 'select(.name != $name)' "$stored"
  unzip -p "$model" manifest.json | jq -c --arg name "$name" --arg date "$date" --arg machine "$machine" --arg version "$version" \
    --argjson seconds "$seconds" --argjson metrics "$metrics" '{
      $name, $date, $version, $machine,
      command: (.command | sub("^.*?(?=(experiment|train) )"; "") | gsub(" /\\S*/"; " ")
        | gsub(" --(output|name|faces) \\S+| --overwrite"; "")),
      note: null,
      $seconds, trainingSeconds: (.settings.Seconds | tonumber),
      scheme, faces: $metrics.count
    } + ($metrics | {accuracy, accuracyInterval, macroF1, macroF1Interval, logLoss, logLossInterval,
      expectedCalibrationError, expectedCalibrationErrorInterval,
      perClass: [.perClass[] | {class, support, precision, recall, f1}]})'
} >"$stored.new"
mv "$stored.new" "$stored"
