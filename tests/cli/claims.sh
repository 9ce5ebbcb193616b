#!/bin/bash
# What is printed of claims and of the ladder: whole, in short lines, and no more than is shown.
source "$(dirname "$0")/lib.sh"

# A claim's line has its word, its number and its caveat, and is never cut.
small_case
expect 0 "$ASSAY" claim case add share --party Bank --value '87 %' --quote '87 % of it'
expect 0 "$ASSAY" claim case add share --party Bank --value '87 %' --of files --quote 'of these'
expect 0 "$ASSAY" examine case
says "c1  not testable    100 % in these files, which may not be all"
says "c2  contradicted    100 %, not 87 %"
says_not "..."
awk 'length > 96 { exit 1 }' out || fail "a line is longer than 96: $(awk 'length > 96' out)"

# A party that asks for its own names says nothing of the other; the first name of another does.
awk 'BEGIN {
  for (i = 0; i < 50; i++) {
    printf "04-May-2016 %02d:%02d:00.000 queries: info: client 192.0.2.7#4242 ", i % 24, i
    printf "(www.bank.example): query: www.bank.example IN A + (198.51.100.1)\n"
  }
}' > own.log
sed 's/www\.bank\.example/mail1.sender.example/g' own.log | head -1 > other.log
for log in own other; do
  expect 0 "$ASSAY" init "$log"
  expect 0 "$ASSAY" add "$log" own.log --zone UTC --vantage resolver
  [ "$log" = own ] || expect 0 "$ASSAY" add "$log" other.log --zone UTC --vantage resolver
  expect 0 "$ASSAY" party "$log" add Bank 192.0.2.0/24 '*.bank.example'
  expect 0 "$ASSAY" party "$log" add Sender '*.sender.example'
  expect 0 "$ASSAY" ask "$log" --between Bank --and Sender
  expect 0 "$ASSAY" examine "$log"
  cp out "$log.out"
done
grep -q "rung 0 of 6" own.out || fail "own names reach rung 1: $(head -3 own.out)"
grep -q "rung 1 of 6" other.out || fail "another's name reaches no rung: $(head -3 other.out)"

# A claim that cannot be read is told when it is stated, with the nearest word, and is not kept.
expect 2 "$ASSAY" claim case add rate --party Bank --value 1 --per houre
says "did you mean 'hour'?"
expect 2 "$ASSAY" claim case add share --party Bank --value '150 %'
says "at most 100 %"
# The comma of a number parts no figures.
expect 0 "$ASSAY" claim case add consistent --figures 'Bank count 2,820, total count 3,534' \
  --figures 'Bank share 80 %'
grep -qF 'figures = ["Bank count 2,820", "total count 3,534", "Bank share 80 %"]' case/case.toml ||
  fail "figures: $(grep figures case/case.toml)"
# The list tells two claims without a quotation apart.
expect 0 "$ASSAY" claim case add count --party Bank --value 7
expect 0 "$ASSAY" claim case list
says "c1  share: party Bank, value 87 %"
says "c4  count: party Bank, value 7"
# What was meant as an address becomes no name.
for word in 198.51.100.300 192.0.2 192.0.2.1-192.0.2.9 192.0.2.1-9 '192.0.2.*' 'bank .example' \
  2001:db8::zz; do
  expect 2 "$ASSAY" party case add Clinic "$word"
  says "is not an address"
done
expect 0 "$ASSAY" party case add Clinic clinic7.example. '*.9-clinic.example' 198.51.100.7
expect 0 "$ASSAY" ask case --between Bank --and Sender
expect 2 "$ASSAY" claim case add count --party Bank --value 3
says "say --question q1 or q2"
finish
