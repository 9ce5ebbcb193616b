#!/bin/bash
# usage: counters.sh WORK_DIR: what each server itself counted, as lines of truth.toml.
set -euo pipefail
work=$1
lab=$(dirname "$(readlink -f "$0")")
for name in unbound unbound-replies; do
  unbound-control -c "$work/$name/unbound.conf" stats_noreset |
    awk -F= -v name=$name '$1 == "total.num.queries" { print name " = " $2 }'
done
for name in powerdns powerdns-structured; do
  printf '%s = %s\n' $name "$(rec_control --socket-dir="$work/$name" get questions)"
done
rndc -c "$work/bind/rndc.conf" stats
awk '$2 == "QUERY" { print "bind = " $1 }' "$work/bind/named.stats"
# dnsmasq tells its counts in its log. It counts what it forwarded and what it answered itself.
for name in dnsmasq dnsmasq-plain; do
  kill -USR1 "$(cat "$work/$name/pid")"
  sleep 0.5
  awk -v name=$name '/ queries forwarded /{ sub(/,/, "", $7); print name " = " $7 + $NF }' \
    "$work/$name/query.log"
done
"$lab/ask_knot.py" "$work/knot/control" "stats.get('answer.total')" | sed 's/^/knot = /'
