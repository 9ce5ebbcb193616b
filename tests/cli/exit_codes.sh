#!/bin/bash
# Exit codes, words for wrong words, and what goes to which stream.
source "$(dirname "$0")/lib.sh"
expect 2 "$ASSAY"
expect 0 "$ASSAY" help
says "assay demo"
expect 0 "$ASSAY" version
expect 0 "$ASSAY" --version
expect 2 "$ASSAY" examin x
says "assay examine?"
expect 0 "$ASSAY" help add
says "assay add CASE query.log"
expect 2 "$ASSAY" add case file --zon UTC
says "--zone"
expect 2 "$ASSAY" add
expect 3 "$ASSAY" evidence nowhere
says "assay init nowhere"
mkdir plain
expect 3 "$ASSAY" evidence plain
says "not a case"
small_case
expect 2 "$ASSAY" init case
expect 3 "$ASSAY" report case
says "assay examine"
expect 2 "$ASSAY" count case --by clint
says "'client'"
expect 2 "$ASSAY" claim case add shar --party Bank --value 1
says "'share'"
expect 2 "$ASSAY" claim case add share --party Bnk --value 1
says "'Bank'"
expect 2 "$ASSAY" ask case --between Bank --and Sendr
says "assay: there is no party 'Sendr'"
says "'Sender'"
expect 2 "$ASSAY" verify case --expect ""
expect 2 "$ASSAY" verify case --expect abc
says "not a case hash, it has 3 digits"
expect 2 "$ASSAY" verify case --expect "$(printf 'g%.0s' {1..64})"
expect 3 "$ASSAY" show case dns-9:0
expect 2 "$ASSAY" show case somewhere
query_log 10 5000 > more.log && echo junk >> more.log
expect 4 "$ASSAY" add case more.log --max-rejects 0
expect 0 "$ASSAY" read case

echo 'tittle = "x"' >> case/case.toml
expect 3 "$ASSAY" examine case
says "case.toml:"
sed -i '$d' case/case.toml

"$ASSAY" count case --by client > out 2> /dev/null
[ "$(head -1 out)" = "client,count" ] || fail "data is not alone on standard output"
# A reader that goes away is no error and no noise.
("$ASSAY" export case --to csv; echo $? > code) 2> err | head -1 > out
[ "$(cat code)" = 0 ] || fail "exit $(cat code) when the reader went away"
[ ! -s err ] || grep -q "all .*look-ups" err || fail "noise: $(cat err)"
if [ -e /dev/full ]; then
  got=0
  "$ASSAY" formats > /dev/full 2> err || got=$?
  [ "$got" = 3 ] || fail "a full disk gave exit $got"
fi
for shell in bash zsh fish; do expect 0 "$ASSAY" completion $shell; done
"$ASSAY" completion bash | bash -n || fail "the completion script is no bash"
# A report is a file.
expect 2 "$ASSAY" report case -o -
expect 2 "$ASSAY" report case -o /dev/stdout
[ ! -e ./- ] && [ ! -e ./-.json ] || fail "a report went to a file named -"
finish
