#!/bin/bash
# usage: collect.sh WORK_DIR OUT_DIR: what was asked as compact rows, Postfix' log, and the facts.
set -euo pipefail
work=$1 out=$2
lab=$(dirname "$(readlink -f "$0")")
mkdir -p "$work/out/records"
cp "$work/truth.tsv" "$work/out/"
cp "$work/postfix.log" "$work/out/records/"
"$lab/facts.py" "$work" "$work/out" >"$work/truth.toml"
cp "$work/truth.toml" "$work/out/"
mkdir -p "$out"
rm -rf "$out/records"
cp -r "$work/out/." "$out/"
chmod -R u+rwX,go+rX "$out"
