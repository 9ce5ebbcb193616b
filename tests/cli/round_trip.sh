#!/bin/bash
# From files to a verdict, and again: nothing is added twice, nothing changes that did not change.
source "$(dirname "$0")/lib.sh"

case_hash() { "$ASSAY" verify case | sed -n 's/^case hash \([0-9a-f]*\)$/\1/p'; }

small_case
expect 0 "$ASSAY" evidence case
says dns-1
says "500"
expect 0 "$ASSAY" examine case
says "rung"
expect 0 "$ASSAY" report case -o page.html
[ -s page.html ] && [ -s page.json ] || fail "the report is not there"
expect 0 "$ASSAY" verify case
says "the case holds"
hash=$(case_hash)
expect 0 "$ASSAY" verify case --expect "$hash"
expect 1 "$ASSAY" verify case --expect "$(rev <<< "$hash")"

cp page.html first.html
expect 0 "$ASSAY" examine case
expect 0 "$ASSAY" report case -o page.html
cmp -s page.html first.html || fail "the report changed though nothing else did"
[ "$(case_hash)" = "$hash" ] || fail "the case hash changed"

cp query.log other-name.log
expect 0 "$ASSAY" add case other-name.log
says "already here"
[ "$(records case)" = 500 ] || fail "the same bytes were counted twice"
expect 0 "$ASSAY" add case query.log --zone +02:00
says "stated otherwise"
[ "$(case_hash)" = "$hash" ] || fail "a copy left a trace"
expect 0 "$ASSAY" add case query.log --zone +02:00 --vantage authoritative --restate
expect 0 "$ASSAY" count case --by hour
grep -q '^2016-05-03T22,' out || fail "the zone stated anew is not used: $(sed -n 2p out)"
[ "$(records case)" = 500 ] || fail "stating anew changed the number of records"
expect 0 "$ASSAY" add case query.log --zone UTC --vantage authoritative --restate
mkdir other && query_log 10 9000 > other/query.log
expect 0 "$ASSAY" add case other/query.log
says "other bytes"
[ "$(records case)" = 510 ] || fail "the same name with other bytes is not other evidence"

expect 0 "$ASSAY" count case --by client,qname,qtype,hour --csv
[ "$(head -1 out)" = client,qname,qtype,hour,count ] || fail "columns: $(head -1 out)"
[ "$(awk -F, 'NR > 1 {n += $5} END {print n}' out)" = 510 ] || fail "the counts do not sum up"
grep -q "^192.0.2.1,h0.sender.example,A,2016-05-04T00,1$" out ||
  fail "no such group: $(sed -n 2p out)"
expect 0 "$ASSAY" export case --to csv
[ "$(wc -l < out)" = 511 ] || fail "the export is not complete"
grep -q ',192.0.2.7,[0-9]*,198.51.100.1,h6.sender.example,A,IN,' out || fail "$(sed -n 2p out)"
locus=$(sed -n 2p out | cut -d, -f1,2 | tr , :)
expect 0 "$ASSAY" show case "$locus"
says "query: "
expect 0 "$ASSAY" rejects case
says "not a line of any log"
offset=$(cut -d: -f2 out | cut -f1)
expect 0 "$ASSAY" show case "dns-1:$offset"
says rejected

# The store can be thrown away.
"$ASSAY" count case --by client,day > before.csv 2> /dev/null
rm -rf case/store
expect 0 "$ASSAY" count case --by client,day
cmp -s out before.csv || fail "the rebuilt store counts otherwise"
expect 0 "$ASSAY" read case --rebuild
expect 0 "$ASSAY" count case --by client,day
cmp -s out before.csv || fail "the store rebuilt by read counts otherwise"

# Comments in case.toml stay, and an address goes into the list of the party that is there.
sed -i '1i # by hand' case/case.toml
expect 0 "$ASSAY" party case add Bank 2001:db8::/32 bank.example
grep -q '^# by hand' case/case.toml || fail "a comment went"
grep -q 'addresses = \["192.0.2.0/24", "2001:db8::/32"\]' case/case.toml || fail "no second address"
expect 0 "$ASSAY" party case list
says "2001:db8::/32"
expect 0 "$ASSAY" claim case add share --party Bank --value '87 %' --quote '87% of it'
expect 0 "$ASSAY" examine case
says "c1  not testable"
expect 2 "$ASSAY" party case remove Bank
says "asks about"
expect 0 "$ASSAY" party case add Clinic 203.0.113.0/24
expect 0 "$ASSAY" party case remove Clinic

# The demo a second time, after a kill, and with something of somebody's in it.
expect 0 "$ASSAY" demo demo
expect 0 "$ASSAY" demo demo
grep -q list-ns1.log out err || fail "the demo was not made again"
expect 0 "$ASSAY" verify demo
(
  "$ASSAY" demo killed > /dev/null 2>&1 &
  sleep 0.3
  kill -9 $!
  wait $! 2> /dev/null
)
expect 0 "$ASSAY" demo killed
expect 0 "$ASSAY" party demo add Guest 203.0.113.99
expect 0 "$ASSAY" demo demo
says "examined as it is"
grep -q '"Guest"' demo/case.toml || fail "the demo took away what was added to it"
expect 2 "$ASSAY" demo case
[ -s case/custody.jsonl ] || fail "a case that is not the demo was touched"
finish
