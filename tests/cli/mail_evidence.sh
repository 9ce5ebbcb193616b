#!/bin/bash
# Mail from the files to the findings: zones with keys and policies, two mailboxes, both mail logs.
here=$(cd "$(dirname "$0")" && pwd)
source "$here/lib.sh"
for needed in python3 openssl; do
  command -v $needed > /dev/null || { echo "$needed is missing: nothing is tested"; exit 77; }
done

python3 -B "$here/mail_evidence.py" make . || exit 1
expect 0 "$ASSAY" init case --title Mail
expect 0 "$ASSAY" add case zone-may.txt zone-aug.txt zone-2018.txt bank.mbox sender.mbox --zone UTC
expect 0 "$ASSAY" add case bank.log sender.log --vantage mail_server --zone UTC
expect 0 "$ASSAY" party case add Bank 192.0.2.0/24 bank.example '*.bank.example'
expect 0 "$ASSAY" party case add Sender 198.51.100.9 sender.example '*.sender.example'
expect 0 "$ASSAY" ask case --between Bank --and Sender --window 2016-06-01/2016-07-01
expect 0 "$ASSAY" examine case
python3 -B "$here/mail_evidence.py" check case/findings.jsonl ||
  fail "findings are not what the case was made to hold"
expect 0 "$ASSAY" verify case
finish
