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
# Look-ups are neither contact nor mail; a log of transfers decides, and the verdict climbs with it.
expect 0 "$ASSAY" init dealings
expect 0 "$ASSAY" add dealings other.log --zone UTC --vantage resolver
expect 0 "$ASSAY" party dealings add Bank 192.0.2.0/24 bank.example --source register
expect 0 "$ASSAY" party dealings add Sender 203.0.113.0/24 sender.example '*.sender.example'
expect 0 "$ASSAY" ask dealings --between Bank --and Sender
for kind in no_contact no_mail no_payment; do
  expect 0 "$ASSAY" claim dealings add "$kind" --parties Bank,Sender
done
expect 0 "$ASSAY" claim dealings add not_automated --party Bank
expect 0 "$ASSAY" claim dealings add period --party Bank --value 1 --unit hour
expect 2 "$ASSAY" claim dealings add period --party Bank --value 1 --unit houre
says "did you mean 'hour'?"
expect 0 "$ASSAY" examine dealings
says "rung 1 of 6"
says "c1  not testable"
says "c2  not testable    no record that could show it"
says "c3  not testable    no account of Bank is stated"
says "c4  not testable"
says "c5  not testable"
postfix() { echo "2016-05-04T09:14:0$1+00:00 mx1 postfix/$2: 4F5C64474F: $3"; }
{
  postfix 1 'smtpd[101]' 'client=desk.bank.example[192.0.2.7]'
  postfix 1 'cleanup[102]' 'message-id=<one.1@bank.example>'
  postfix 1 'qmgr[92]' 'from=<clerk@bank.example>, size=2048, nrcpt=1 (queue active)'
  postfix 3 'smtp[103]' "to=<desk@sender.example>, relay=mx.sender.example[203.0.113.25]:25,$(
    ) delay=1.9, delays=0.1/0/0.8/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 9C1D2E3F40)"
  postfix 3 'qmgr[92]' 'removed'
} > mail.log
expect 0 "$ASSAY" add dealings mail.log --vantage mail_server
expect 0 "$ASSAY" examine dealings
says "rung 4 of 6"
says "c1  contradicted"
says "c2  contradicted"
expect 0 "$ASSAY" verify dealings

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
