#!/bin/bash
# --json: one valid document on standard output from every command, errors too.
source "$(dirname "$0")/lib.sh"
small_case

# document COMMAND...: valid, with the envelope.
document() {
  "$ASSAY" "$@" --json > out 2> err < /dev/null
  python3 - "$1" << 'END' || fail "assay $*: no valid document: $(head -c 300 out)"
import json, sys
d = json.load(open("out", "rb"))
assert d["schema"] == 1 and d["command"] == sys.argv[1] and d["assay"], d
END
}
command -v python3 > /dev/null || { echo "python3 is missing: nothing is tested"; exit 77; }
document init other
document add case query.log
document read case
document evidence case
document party case list
document party case add Clinic 203.0.113.0/24
document ask case --between Bank --and Clinic
document claim case add count --party Bank --value 500
document claim case list
document examine case
document report case -o page.html
document verify case
cp -r case before
document examine case
document diff before case
document show case dns-1:0
document count case --by client,day
document export case --to csv
document rejects case
document mail review case --new message-9
document who case h1.sender.example
if "$ASSAY" sql case 'select 1' > /dev/null 2>&1; then
  document sql case 'select offset from lookups order by offset limit 3'
  python3 -c '
import json
rows = json.load(open("out"))["result"]
assert [row["offset"] for row in rows][:1] == [0] and len(rows) == 3, rows
' || fail "the rows of sql --json: $(head -c 300 out)"
  document sql case "select unhex('ff') as x"
  grep -q '"malformed"' out || fail "bytes that are no UTF-8 are not refused"
fi
printf '[[version]]\nof = ["kernel"]\n' > plan.toml
document collect plan.toml --dry-run
document collect plan.toml -o bundle.tar --unsigned
document collect verify bundle.tar
document collect stamp bundle.tar -o bundle.tsq
document formats
document sniff query.log
document methods
document explanations
document completion bash
document version
document examine nowhere
grep -q '"not_found"' out || fail "the error has no code"
document count case --by clint
grep -q '"usage"' out || fail "the error has no code"
printf 'x\xff\xfe\x01' > $'n\xff\xfe.bin'
document add case $'n\xff\xfe.bin'
finish
