#!/bin/bash
# What must be said, since the numbers alone would mislead: bytes that are no longer those sealed,
# evidence that takes no part, records beside the declared time, options without effect.
source "$(dirname "$0")/lib.sh"
small_case
says_assumed() { "$ASSAY" evidence case -l > out 2> err; says "$1"; }
says_assumed "assumed: coverage is unknown"

# A digit of the record, of the same length: the row and the bytes would contradict each other.
expect 0 "$ASSAY" show case dns-1:0
says "192.0.2.1#1024"
cp query.log kept
sed -i '300s/198\.51/197.51/' query.log
expect 1 "$ASSAY" show case dns-1:0
says "no longer"  # the memory store reads again, and finds it out in other words
says "dns-1"
says_not "192.0.2.1#1024"
cp kept query.log
expect 0 "$ASSAY" show case dns-1:0

# A typed-wrong month.
query_log 400 1000 > month.log
expect 0 "$ASSAY" add case month.log --zone UTC --vantage resolver --covers 2016-01-01/2016-02-01 \
  --complete
says "WARNING: all 400 records lie outside --covers 2016-01-01"
says_not "assumed:"
expect 0 "$ASSAY" evidence case
says "warning: dns-2: all 400 records lie outside"
expect 0 "$ASSAY" examine case
says "warning: dns-2: all 400 records lie outside"
query_log 400 2000 > begin.log # 00:33:20 to 00:39:59
expect 0 "$ASSAY" add case begin.log --zone UTC --covers 2016-05-04T00:00:00Z/2016-05-04T00:35:00Z
says "WARNING: most of the time of its records"
query_log 400 3000 > whole.log
expect 0 "$ASSAY" add case whole.log --zone UTC --covers 2016-05-04/2016-05-05
says_not "WARNING"

# Times that say their zone themselves.
{
  printf '#separator \\x09\n#path\tdns\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h'
  printf '\tid.resp_p\tquery\tqtype_name\n'
  printf '1462320000.5\tC1\t192.0.2.1\t1024\t198.51.100.1\t53\tmail1.sender.example\tA\n'
} > dns.log
expect 0 "$ASSAY" add case dns.log
says "1 record from"
says_not "times without a zone"
expect 0 "$ASSAY" add case dns.log --restate --zone Europe/Berlin
says "--zone Europe/Berlin has no effect"

# A dry run promises no more than add does, and once a mapping settles a doubt, it is gone.
printf 'time,client,qname\n01/05/2016 00:15,192.0.2.1,a.sender.example\n' > list.csv
printf '02/05/2016 00:15,192.0.2.1,b.sender.example\n' >> list.csv
before=$(sha256sum case/custody.jsonl)
expect 3 "$ASSAY" add case list.csv begin.log --dry-run
says "NOT READ: list.csv"
says "nothing was written: 1 file would be taken; 1 NOT READ"
[ "$before" = "$(sha256sum case/custody.jsonl)" ] || fail "a dry run wrote"
expect 3 "$ASSAY" add case list.csv
says "day first or month first"
"$ASSAY" sniff list.csv | sed 's|^time_format = .*|time_format = "%d/%m/%Y %H:%M"|' > map.toml
expect 0 "$ASSAY" add case list.csv --dry-run --mapping map.toml
expect 0 "$ASSAY" add case list.csv --mapping map.toml
says "2 records from"
says "columns and times by the mapping map.toml"
says_not "day first or month first"
expect 0 "$ASSAY" add case begin.log --restate --as delimited
says "0 records, 400 before"
says "(read again)"
says_not "resumed"
expect 0 "$ASSAY" add case begin.log --restate --as bind_querylog

# Changed by a command: still exit 1, and how to mend it.
expect 0 "$ASSAY" examine case
expect 0 "$ASSAY" claim case add count --party Bank --value 7
expect 1 "$ASSAY" verify case
says "case.toml: was changed by a command of assay since the examination of line"
says "examine again with: assay examine case"
says "the case was changed by commands of assay since it was examined"
says_not "DOES NOT HOLD"
echo '# by hand' >> case/case.toml
expect 1 "$ASSAY" verify case
says "THE CASE DOES NOT HOLD"
sed -i '$d' case/case.toml

# Killed between `begun` and `evidence`: nothing of it is sealed.
query_log 50 5000 > late.log
expect 0 "$ASSAY" add case late.log
head -n -2 case/custody.jsonl > chain
cp chain case/custody.jsonl
printf '{"lines":%s,"sha256":"%s"}\n' "$(wc -l < chain)" \
  "$(tail -1 chain | tr -d '\n' | sha256sum | cut -d' ' -f1)" > case/custody.head
for command in "count case" "export case --to csv" "verify case --hashes-only"; do
  # shellcheck disable=SC2086
  "$ASSAY" $command > out 2> err
  says "(late.log) is partly_read and takes no part; read it with: assay read case"
done
says "note: 1 evidence is not sealed, not checked"
finish
