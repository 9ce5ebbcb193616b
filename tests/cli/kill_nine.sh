#!/bin/bash
# kill -9 at any moment: the case opens, the next attempt finishes, nothing is lost or doubled.
source "$(dirname "$0")/lib.sh"
query_log 60000 > query.log
query_log 20000 500000 | gzip > more.log.gz
expect 0 "$ASSAY" init whole
expect 0 "$ASSAY" add whole query.log more.log.gz
"$ASSAY" count whole --by client,qname,hour 2> /dev/null | sort > whole.csv
start=$(date +%s%N)
expect 0 "$ASSAY" init timed
"$ASSAY" add timed query.log more.log.gz > out 2> err
span=$((($(date +%s%N) - start) / 1000000))

killed=0
expect 0 "$ASSAY" init case
# Where the machine became faster than when the time was taken, the moments come earlier.
for ((round = 1; round <= 30 && (round <= 6 || killed < 4); round++)); do
  "$ASSAY" add case query.log more.log.gz > out 2> err < /dev/null &
  pid=$!
  sleep "$(awk -v s="$span" -v r="$round" 'BEGIN {printf "%.3f", s * ((r - 1) % 6 + 1) / 7000}')"
  if kill -9 "$pid" 2> /dev/null; then killed=$((killed + 1)); else span=$((span * 2 / 3)); fi
  wait "$pid" 2> /dev/null
  expect 0 "$ASSAY" verify case
  if [ $((round % 3)) = 0 ]; then
    # Begin anew, so that every round meets some unfinished evidence.
    expect 0 "$ASSAY" read case
    expect 0 "$ASSAY" add case query.log more.log.gz
    [ "$(records case)" = 80000 ] || fail "round $round: $(records case) records, not 80000"
    rm -rf case
    expect 0 "$ASSAY" init case
  fi
done
[ "$killed" -ge 4 ] || fail "only $killed of 30 were killed in time: the test tests nothing"
expect 0 "$ASSAY" add case query.log more.log.gz
expect 0 "$ASSAY" count case --by client,qname,hour
sort -o out out
cmp -s out whole.csv || fail "the counts differ from those of an undisturbed case"
expect 0 "$ASSAY" verify case

# SIGINT: stops, says so, and can be resumed.
rm -rf case
expect 0 "$ASSAY" init case
(exec "$ASSAY" add case query.log more.log.gz > out 2> err) &
pid=$!
# A busy machine may not have come to the first line of the program, and no test of ours is meant.
for ((wait = 0; wait < 500; wait++)); do
  grep -qx assay "/proc/$pid/comm" 2> /dev/null || { sleep 0.01; continue; }
  grep -q '^SigCgt:.*[1-9a-f]' "/proc/$pid/status" 2> /dev/null && break
  sleep 0.01
done
sleep "$(awk -v s="$span" 'BEGIN {printf "%.3f", s * 0.3 / 1000}')"
kill -TERM "$pid" 2> /dev/null
got=0
wait "$pid" || got=$?
[ "$got" = 130 ] || [ "$got" = 0 ] || fail "stopped with exit $got"
expect 0 "$ASSAY" read case
expect 0 "$ASSAY" add case query.log more.log.gz
[ "$(records case)" = 80000 ] || fail "after a stop: $(records case) records, not 80000"
finish
