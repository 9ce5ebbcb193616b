#!/bin/bash
# usage: collect.sh WORK_DIR OUT_DIR: sorts what the servers wrote into what would be handed over
# and what an examiner would have to ask for, and states the facts beside it.
set -euo pipefail
work=$1 out=$2
lab=$(dirname "$(readlink -f "$0")")

staging=$work/out
mkdir -p "$staging/records" "$staging/missing"
for name in ns1 ns2 ns3; do cp "$work/$name/query.log" "$staging/records/$name.query.log"; done
cp "$work/sender-edge.pcap" "$staging/records/"
cp "$work/bank-inside.pcap" "$staging/missing/"
cp "$work/bank/query.log" "$staging/missing/bank-resolver.log"
cp "$work/clinic/query.log" "$staging/missing/clinic-resolver.log"
cp "$work/ns1/change.log" "$staging/missing/ns1.change.log"
cp "$work/truth.tsv" "$staging/"
cp "$lab/templates/README.md" "$staging/"
"$lab/facts.py" "$work/scenario.toml" "$staging" "$work/coverage.tsv" >"$work/truth.toml"
mv "$work/truth.toml" "$staging/"
# ns1 stays plain text for people; the others meet the reader as files usually come.
gzip -n9 "$staging/records/ns2.query.log" "$staging"/records/*.pcap "$staging"/missing/*.pcap \
  "$staging"/missing/*-resolver.log
mkdir -p "$out"
rm -rf "$out/records" "$out/missing"
cp -r "$staging/." "$out/"
chmod -R u+rwX,go+rX "$out"
