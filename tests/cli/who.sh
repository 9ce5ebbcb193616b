#!/bin/bash
# assay who: roles at a date, with sources and records; hostile text; errors that name the mend.
source "$(dirname "$0")/lib.sh"
command -v python3 > /dev/null || { echo "python3 is missing: nothing is tested"; exit 77; }
whois() { # DATE REGISTRANT
  printf '%% Query time: %sT04:00:00Z\nDomain Name: sender.example\n' "$1"
  printf 'Registrant Organization: %s\nRegistrar: Registrar A\n' "$2"
  printf 'Domain Status: clientTransferProhibited\nName Server: ns1.hosting.example\n'
}
whois 2016-03-03 'Sender Ltd.' > a.txt
whois 2016-06-03 $'Other\e[31m GmbH' > b.txt
printf '# sweep of 2016-05-04T03:00:00Z\n198.51.100.9 mail1.sender.example\n' > ptr.txt
printf '198.51.100.10 mail2.sender.example\n' >> ptr.txt
expect 0 "$ASSAY" init case --title Who
expect 0 "$ASSAY" add case a.txt b.txt ptr.txt

expect 0 "$ASSAY" who case mail1.sender.example --at 2016-05-04
says "between 2016-03-03 and 2016-06-03 no source says"
says "Locks: clientTransferProhibited (told at other times)"
says "until at least 2016-03-03T04:00:00Z"
says "the registrant (between"
if grep -q $'\e' out; then fail "a control character is printed"; fi
expect 0 "$ASSAY" who case 198.51.100.9
says "naming_pattern"
says "mail2.sender.example"
record=$(grep -oE 'file-[0-9]+:[0-9]+|registration-[0-9]+:[0-9]+' out | head -1)
expect 0 "$ASSAY" show case "$record"

"$ASSAY" who case mail1.sender.example --at 2016-03 --json > out.json || fail "no --json"
python3 - << 'END' || fail "the document is not what docs/who.md says"
import json
d = json.load(open("out.json"))
lines = [each for each in d["lines"] if each["role"] == "registrant"]
assert {each["when"] for each in lines} == {"covers", "after"}, lines
assert all(each["records"] and each["source"] and each["evidence"] for each in lines)
ids = {each["id"] for each in d["graph"]["nodes"]}
assert all(e["from"] in ids and e["to"] in ids for e in d["graph"]["edges"])
roles = {each["role"]: each["said"] for each in d["roles"]}
assert "hosting.example" in roles["name_server_operator"] and "no role" in roles["host_operator"]
change = [each for each in d["changes"] if each["role"] == "registrant"]
assert change[0]["last_seen_old"] < change[0]["first_seen_new"], change
END
expect 2 "$ASSAY" who case '*.sender.example'
says "no single name"
expect 2 "$ASSAY" who case sender.example --at someday
says "is no date"
expect 3 "$ASSAY" who nowhere sender.example
finish
