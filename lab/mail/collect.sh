#!/bin/bash
# usage: collect.sh WORK_DIR OUT_DIR: sorts what the servers wrote and states the facts beside it.
set -euo pipefail
work=$1 out=$2
lab=$(dirname "$(readlink -f "$0")")

staging=$work/out
mkdir -p "$staging/records"
cp "$work/postfix.log" "$work/exim.log" "$work/rspamd/rspamd.log" "$work/smtp.pcap" \
  "$staging/records/"
cp "$work/dns/query.log" "$staging/records/dns.log"
cp "$work/mailboxes/archive" "$staging/records/archive.mbox"
tar -C "$work/mailboxes" --sort=name --owner=0 --group=0 --numeric-owner \
  -cf "$staging/records/maildirs.tar" clerk desk later
chmod u+r "$staging"/records/*
cp "$work/truth.tsv" "$staging/"
"$lab/facts.py" "$work" "$staging" >"$work/truth.toml"
mv "$work/truth.toml" "$staging/"
gzip -n9 "$staging"/records/*
mkdir -p "$out"
rm -rf "$out/records"
cp -r "$staging/." "$out/"
chmod -R u+rwX,go+rX "$out"
