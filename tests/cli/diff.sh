#!/bin/bash
# assay diff, and the demo's second chapter: what changed between two verdicts, and by what.
source "$(dirname "$0")/lib.sh"
small_case
expect 3 "$ASSAY" diff case case
says "has not been examined"
expect 0 "$ASSAY" examine case
cp -r case before

# The same evidence twice: nothing changed, whatever was examined again.
expect 0 "$ASSAY" examine case
expect 0 "$ASSAY" diff before case
says "nothing changed"
expect 0 "$ASSAY" party case add Bank bank.example
expect 0 "$ASSAY" examine case
expect 0 "$ASSAY" diff before case
says "is before later"
says "bank.example"
says_not "nothing changed: evidence"
expect 0 "$ASSAY" diff case before
says "two cases"
expect 0 "$ASSAY" diff before case -o page.html
grep -q 'What changed' page.html || fail "no page was written"
expect 0 "$ASSAY" diff before case -o data.json
expect 2 "$ASSAY" diff before case -o data.txt
expect 2 "$ASSAY" diff before case -o before/verdict.json
says "belongs to the case"
query_log 5 9000 > more.log
expect 0 "$ASSAY" add case more.log --zone UTC --vantage authoritative
expect 1 "$ASSAY" diff before case
says "after the last examination"

# The demo: the mail log comes, and the verdict changes.
expect 0 "$ASSAY" demo demo
says "rung 1 of 6"
says "1 of 6, now 4 of 6: content passed"
says "bank-mail.log"
says "E1 Live mail and its anti-spam look-ups: cannot be tested, now moderate support"
says "weakly for (new): 79 of 354 mail transfers"
says "unused: not testable, now contradicted"
says "no-mail: not testable, now contradicted"
says "no longer: mail log of the asker's receiving gateway"
expect 0 "$ASSAY" verify demo
expect 0 "$ASSAY" verify demo-later
[ -s demo-later/difference.html ] || fail "no page of the difference"
expect 0 "$ASSAY" demo demo
[ "$(grep -c begun demo-later/custody.jsonl)" -eq 8 ] || fail "the chapter was not made again"
expect 0 "$ASSAY" diff demo demo-later --long
says "list/all/timeline/all changed (outcome"
expect 0 "$ASSAY" diff demo demo
says "nothing changed"
if command -v python3 > /dev/null; then
  expect 0 "$ASSAY" diff demo demo-later --json
  python3 - << 'END' || fail "the JSON of the difference: $(head -c 300 out)"
import json
d = json.load(open("out"))
assert d["is_same_case_later"] and not d["is_nothing"], d
question = d["questions"][0]
assert (question["before"]["rung"], question["after"]["rung"]) == (1, 4), question
signs = {e["code"]: e["bearings"] for e in question["explanations"]}
assert any(b["finding"] == "list/all/timeline/all" and b["before"] is None
           and b["after"] == "weakly_for" for b in signs["E1"]), signs
assert {c["claim"] for c in question["claims"] if c["has_moved"]} >= {"unused", "no-mail"}
END
fi
expect 0 "$ASSAY" party demo-later add Guest 203.0.113.99
expect 0 "$ASSAY" demo demo
grep -q '"Guest"' demo-later/case.toml || fail "the second chapter took away what was added to it"
mkdir other-later && echo mine > other-later/notes.txt
expect 2 "$ASSAY" demo other
[ -s other-later/notes.txt ] || fail "a folder that is not the demo was touched"
finish
