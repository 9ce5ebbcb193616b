#!/bin/bash
# Archives: each member is evidence of its own, nested, compressed, doubled or damaged.
source "$(dirname "$0")/lib.sh"
mkdir logs
query_log 30 > logs/a.log
query_log 40 1000 | gzip > logs/b.log.gz
tar cf inner.tar -C logs a.log
query_log 50 2000 > logs/c.log
tar czf outer.tar.gz logs/b.log.gz logs/c.log inner.tar
expect 0 "$ASSAY" init case
expect 0 "$ASSAY" add case outer.tar.gz
says archive-1
says "c.log"
[ "$(records case)" = 120 ] || fail "$(records case) records, not 120"
expect 0 "$ASSAY" add case outer.tar.gz
says "already here"
expect 0 "$ASSAY" add case logs/c.log
says "already here"
[ "$(records case)" = 120 ] || fail "a member added again was counted twice"
locus=$("$ASSAY" export case --to csv 2> /dev/null | tail -1 | cut -d, -f1,2 | tr , :)
expect 0 "$ASSAY" show case "$locus"
says "query: "
expect 0 "$ASSAY" add case outer.tar.gz --zone +02:00 --restate
[ "$(records case)" = 120 ] || fail "$(records case) records after stating anew, not 120"
expect 0 "$ASSAY" count case --by day
grep -q '^2016-05-03,' out || fail "the members' zone was not stated anew"
rm -rf case/store
[ "$(records case)" = 120 ] || fail "members are not read again"
head -c $(($(stat -c %s outer.tar.gz) - 400)) outer.tar.gz > cut.tar.gz
expect 0 "$ASSAY" init second
expect 0 "$ASSAY" add second cut.tar.gz
says "truncated"
expect 0 "$ASSAY" verify second
if command -v python3 > /dev/null; then
  python3 - << 'END'
import zipfile
with zipfile.ZipFile("logs.zip", "w", zipfile.ZIP_DEFLATED) as z:
    z.write("logs/a.log"); z.write("logs/c.log")
END
  expect 0 "$ASSAY" init third
  expect 0 "$ASSAY" add third logs.zip
  [ "$(records third)" = 80 ] || fail "$(records third) records in the zip, not 80"
fi
# What grows beyond every honest ratio is read until there, and no further.
long=$(head -c 60000 /dev/zero | tr '\0' x)
(query_log 20 9000; yes "$long" | head -c 600000000) | xz -0 > bomb.log.xz
expect 0 "$ASSAY" add second bomb.log.xz
says "20 records"
expect 0 "$ASSAY" rejects second
says "more than 2000 times its size"
if command -v python3 > /dev/null; then
  query_log 20 9500 > head.log
  python3 - << 'END'
import zipfile
with zipfile.ZipFile("bomb.zip", "w", zipfile.ZIP_BZIP2) as z:
    with z.open("bomb.log", "w", force_zip64=True) as member:
        member.write(open("head.log", "rb").read())
        for _ in range(600):
            member.write((b"x" * 60000 + b"\n") * 10)
END
  expect 0 "$ASSAY" add second bomb.zip
  says "20 records"
  says "more than 2000 times its size"
fi
expect 0 "$ASSAY" verify second
finish
