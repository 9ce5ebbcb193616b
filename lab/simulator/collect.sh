#!/bin/bash
# usage: collect.sh WORK_DIR OUT_DIR: the authoritative query log as compact rows, and the facts.
set -euo pipefail
work=$1 out=$2
lab=$(dirname "$(readlink -f "$0")")
mkdir -p "$work/out/records"
"$lab/facts.py" "$work" "$work/out" >"$work/truth.toml"
cp "$work/truth.tsv" "$work/truth.toml" "$work/out/"
mkdir -p "$out"
rm -rf "$out/records"
cp -r "$work/out/." "$out/"
chmod -R u+rwX,go+rX "$out"
