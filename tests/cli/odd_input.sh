#!/bin/bash
# What people hand over: each thing gets its answer, and never a crash.
source "$(dirname "$0")/lib.sh"
expect 0 "$ASSAY" init case
expect 2 "$ASSAY" add case x.log --zone Europe/Berln
says "Europe/Berlin"
expect 2 "$ASSAY" add case x.log --vantage autoritative
says "authoritative"
expect 2 "$ASSAY" add case x.log --as bind_querylg
says "bind_querylog"
expect 2 "$ASSAY" add case x.log --complete
says "--covers"
expect 2 "$ASSAY" add case x.log --skew often

expect 3 "$ASSAY" add case missing.log
says "NOT READ"
: > empty.log
expect 0 "$ASSAY" add case empty.log
says "empty"
head -c 3000 /dev/zero | tr '\0' '\1' > blob.bin
expect 0 "$ASSAY" add case blob.bin
says "no format was recognised"

mkdir -p folder/deep && query_log 20 > folder/deep/b.log && query_log 20 50 > folder/a.log
ln -s a.log folder/link.log
mkfifo folder/pipe
expect 0 "$ASSAY" add case folder
says "symbolic link"
says "special file"
says "folder/deep/b.log"
expect 3 "$ASSAY" add case folder/pipe
says "assay add CASE - <"
if [ "$(id -u)" != 0 ]; then
  mkdir -p locked && chmod 000 locked
  expect 3 "$ASSAY" add case locked
  says "cannot be read"
  chmod 700 locked
fi
expect 0 "$ASSAY" add case case
says "the case itself"

query_log 4000 100000 | gzip > whole.log.gz
head -c $(($(stat -c %s whole.log.gz) / 2)) whole.log.gz > cut.log.gz
expect 0 "$ASSAY" add case cut.log.gz
says "truncated"
says "input.damaged 1"
rows=$(grep -o '[0-9,]* records from' out | tr -d ', a-z')
[ "$rows" -gt 1500 ] || fail "only $rows records before the damage"
(query_log 30 200000 | gzip; query_log 30 200100 | gzip) > parts.log.gz
expect 0 "$ASSAY" add case parts.log.gz
says "60 records from 60 lines"
cp whole.log.gz bent.log.gz
printf 'XXXXXXXX' | dd of=bent.log.gz bs=1 seek=20000 conv=notrunc status=none
expect 0 "$ASSAY" add case bent.log.gz
says "corrupt"

query_log 40 300000 > both.log
xz -k both.log
expect 0 "$ASSAY" add case both.log
expect 0 "$ASSAY" add case both.log.xz
says "not counted again"

got=0
query_log 25 400000 | "$ASSAY" add case - > out 2> err || got=$?
[ "$got" = 0 ] || fail "standard input: exit $got"
says "25 records"
[ "$(ls case/evidence | wc -l)" = 1 ] || fail "standard input was not kept in the case"

# Readable by name, refused by the system at the first byte.
expect 3 "$ASSAY" add case /proc/self/mem
says "NOT READ"
printf 'name \033[31mred' > $'evil\033[2J.log'
expect 0 "$ASSAY" add case $'evil\033[2J.log'
if grep -q $'\033' out err; then fail "a control character of a file name reached the terminal"; fi

expect 0 "$ASSAY" add case both.log --dry-run
expect 0 "$ASSAY" sniff both.log.xz
says bind_querylog
expect 0 "$ASSAY" verify case
expect 0 "$ASSAY" evidence case
says_not "BALANCE IS NOT EVEN"
finish
