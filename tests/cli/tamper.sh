#!/bin/bash
# Whatever is changed in a case, `assay verify` names it and exits 1.
source "$(dirname "$0")/lib.sh"
small_case
expect 0 "$ASSAY" examine case
expect 0 "$ASSAY" report case
expect 0 "$ASSAY" verify case

# changed FILE NAME: one byte in the middle is turned; NAME must be said.
changed() {
  cp "$1" kept
  local at=$(($(stat -c %s "$1") / 2))
  local byte
  byte=$(dd if="$1" bs=1 skip=$at count=1 status=none | od -An -tu1)
  printf "\\x$(printf %x $((byte ^ 1)))" | dd of="$1" bs=1 seek=$at conv=notrunc status=none
  expect 1 "$ASSAY" verify case
  says "$2:"
  cp kept "$1"
}
changed query.log dns-1
changed case/case.toml case.toml
changed case/findings.jsonl findings.jsonl
changed case/verdict.json verdict.json
changed case/report.html report.html
changed case/report.json report.json
changed case/rejects/dns-1.jsonl rejects/dns-1.jsonl
changed case/custody.head "custody.jsonl line 10"
expect 0 "$ASSAY" verify case

cp case/custody.jsonl chain
lines=$(wc -l < chain)
for n in $(seq "$lines"); do
  sed "${n}s/\"engine\":\"/&9/" chain > case/custody.jsonl
  expect 1 "$ASSAY" verify case --hashes-only
  says "custody.jsonl line $n:"
  sed "${n}d" chain > case/custody.jsonl
  expect 1 "$ASSAY" verify case --hashes-only
  says "custody.jsonl line $n:"
done
(sed -n 1p chain; sed -n 3p chain; sed -n 2p chain; sed 1,3d chain) > case/custody.jsonl
expect 1 "$ASSAY" verify case --hashes-only
head -c -20 chain > case/custody.jsonl
expect 1 "$ASSAY" verify case --hashes-only
says "custody.jsonl line $lines:"
expect 3 "$ASSAY" add case query.log
says "assay verify"
cp chain case/custody.jsonl
rm case/custody.head
expect 1 "$ASSAY" verify case --hashes-only
finish
