#!/bin/bash
# usage: collect.sh WORK_DIR OUT_DIR: sorts what the servers wrote and states the facts beside it.
set -euo pipefail
work=$1 out=$2
lab=$(dirname "$(readlink -f "$0")")

staging=$work/out
mkdir -p "$staging/records"
for name in authoritative bind unbound unbound-replies dnsmasq dnsmasq-plain; do
  cp "$work/$name/query.log" "$staging/records/$name.log"
done
# PowerDNS logs to its standard error; the log is what was caught of it.
for name in powerdns powerdns-structured; do
  cp "$work/$name/stderr" "$staging/records/$name.log"
done
for name in bind unbound knot; do cp "$work/$name/$name.dnstap" "$staging/records/"; done
cp "$work/wire.pcap" "$staging/records/"
cp "$work"/flows/*.netflow "$work"/flows/nfdump.csv "$work"/flows/nfdump.txt "$staging/records/"
cp "$work/truth.tsv" "$staging/"
"$lab/facts.py" "$work" "$staging" >"$work/truth.toml"
mv "$work/truth.toml" "$staging/"
gzip -n9 "$staging"/records/*
mkdir -p "$out"
rm -rf "$out/records"
cp -r "$staging/." "$out/"
chmod -R u+rwX,go+rX "$out"
