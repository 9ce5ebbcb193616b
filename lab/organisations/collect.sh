#!/bin/bash
# usage: collect.sh WORK_DIR OUT_DIR: sorts what the servers wrote and states the facts beside it.
set -euo pipefail
work=$1 out=$2
lab=$(dirname "$(readlink -f "$0")")

staging=$work/out
mkdir -p "$staging/records"
cp "$work/postfix.log" "$staging/records/bank-postfix.log"
cp "$work/exim.log" "$staging/records/sender-exim.log"
for party in bank sender; do
  cp "$work/$party-ns/query.log" "$staging/records/$party-ns.log"
  cp "$work/$party-dns/resolver.log" "$staging/records/$party-resolver.log"
done
cp "$work/bank-mx/rspamd.log" "$staging/records/bank-rspamd.log"
[ ! -e "$work/bank-archive/rspamd.log" ] ||
  cp "$work/bank-archive/rspamd.log" "$staging/records/archive-rspamd.log"
cp "$work/bank-edge.pcap" "$staging/records/"
cp "$work/flows/nfdump.csv" "$staging/records/sender-flows.csv"
for mailbox in "$work"/mailboxes/sender/*; do
  [ ! -e "$mailbox" ] || cp "$mailbox" "$staging/records/sender-$(basename "$mailbox").mbox"
done
tar -C "$work/mailboxes/bank" --sort=name --owner=0 --group=0 --numeric-owner \
  -cf "$staging/records/bank-maildirs.tar" .
chmod u+r "$staging"/records/*
cp "$work/truth.tsv" "$staging/"
"$lab/facts.py" "$work" "$staging" >"$work/truth.toml"
mv "$work/truth.toml" "$staging/"
gzip -n9 "$staging"/records/*
mkdir -p "$out"
rm -rf "$out/records"
cp -r "$staging/." "$out/"
chmod -R u+rwX,go+rX "$out"
