#!/bin/bash
# assay mail review: each class with the message it rests on, and files that read back exactly.
source "$(dirname "$0")/lib.sh"
command -v python3 > /dev/null || { echo "python3 is missing: nothing is tested"; exit 77; }

# message ID DAY SUBJECT: header of one message; the text comes from standard input.
message() {
  printf 'From clerk@bank.example Mon Jun  6 10:00:05 2016\n'
  [ -z "$1" ] || printf 'Message-ID: <%s>\n' "$1"
  printf 'From: Clerk <clerk@bank.example>\nTo: desk@sender.example\n'
  printf 'Date: Mon, %s Jun 2016 10:00:00 +0000\nSubject: %s\n\n' "$2" "$3"
  cat
  echo
}
text() { # FIRST LAST: words that no other text has
  for i in $(seq "$1" "$2"); do printf 'word%s ' "$i"; [ $((i % 9)) -ne 0 ] || echo; done
  echo
}
{
  text 1 60 | message a@bank.example 6 figures
  text 100 160 | message b@bank.example 6 plan
  { text 200 220; text 300 360 | sed 's/^/> /'; } | message c@bank.example 7 answer
} > known.mbox
{
  text 1 60 | message a@bank.example 6 figures | sed 's|^To: |Received: by mx2.bank.example\n&|'
  text 100 170 | message b@bank.example 6 plan
  text 1 60 | message d@bank.example 8 '=cmd|again'
  { text 1 40; echo; echo "From here on it is quoted"; text 500 560; } |
    message e@bank.example 9 new
  text 300 360 | message f@bank.example 7 'known as a quotation alone'
  text 100 158 | message g@bank.example 8 near
  { echo "(C) The figures are due."; text 700 720; } | message h@bank.example 8 'Legal advice' |
    sed 's|^To: |In-Reply-To: <c@bank.example>\n&|'
} > new.mbox
expect 0 "$ASSAY" init case --title Mail
expect 0 "$ASSAY" add case known.mbox new.mbox --zone UTC
expect 0 "$ASSAY" mail review case --known message-1 --new message-2 --out review
says "3 known, 7 newly found messages"
says "OTHER content"
for class in known,the\ same id_reused,the same_text,the new,no part_copy,its near_copy,most; do
  grep -q "^message-2:[0-9]*,${class%%,*}," review/review.csv || fail "no row of ${class%%,*}"
done
grep -q "'=cmd|again" review/review.csv || fail "a formula stands in the CSV"
grep -q '^>From here on' review/new.mbox || fail "the mailbox is not quoted"

says "privilege: legal advice in subject"
says "classification: (C) in text (portion)"
says "1 have both known messages and ones that were not"
expect 0 "$ASSAY" mail review case --known message-1 --new rest --words word710 --words LEGAL
says "1 selected"
expect 0 "$ASSAY" mail review case --known message-1 --new rest --marked --json
says '"selected": 1'
printf '[[marking]]\nkind = "own"\nwords = ["word 710"]\n' > own.toml
expect 0 "$ASSAY" mail review case --new all --markings own.toml --marked
says "0 selected"
expect 3 "$ASSAY" mail review case --new all --markings nowhere.toml
printf 'words = [' > bad.toml
expect 2 "$ASSAY" mail review case --new all --markings bad.toml
says "bad.toml:1"

# What was written reads back as the bytes whose hashes are in the table.
python3 - << 'END' || fail "the mailbox is not what the table says"
import csv, hashlib, re
messages = re.split(rb"(?m)^From .*\n", open("review/new.mbox", "rb").read())[1:]
bytes_of = [re.sub(rb"(?m)^>(>*From )", rb"\1", each)[:-1] for each in messages]
rows = csv.DictReader(open("review/review.csv", newline=""))
assert {hashlib.sha256(each).hexdigest() for each in bytes_of} == {row["sha256"] for row in rows}
END

expect 0 "$ASSAY" mail review case --known message-1 --new rest --class same_text
says "1 selected"
says "message-1:0"
expect 0 "$ASSAY" mail review case --known message-1 --new rest --from 2016-06-09
says "1 selected"
expect 0 "$ASSAY" mail review case --known message-1 --new rest --party nobody.example
says "0 selected"
expect 2 "$ASSAY" mail review case --known message-1 --new rest --out review
says "is there already"
expect 2 "$ASSAY" mail review case --known message-1 --new message-1
says "in both sets"
expect 2 "$ASSAY" mail review case --known mesage-1 --new message-2
says "did you mean 'message-1'"
expect 2 "$ASSAY" mail review case --new rest --class sme_text
says "did you mean 'same_text'"
sed -i 's/figures/figuers/' new.mbox
expect 1 "$ASSAY" mail review case --known message-1 --new message-2 --out other
[ ! -e other ] || fail "a part of a review was left"
finish
