#!/bin/bash
# usage: counters.sh WORK_DIR: what each server itself counted, as lines of truth.toml.
set -euo pipefail
work=$1
lab=$(dirname "$(readlink -f "$0")")
unbound-control -c "$work/unbound/unbound.conf" stats_noreset |
  awk -F= '$1 == "total.num.queries" { print "unbound = " $2 }'
for name in powerdns powerdns-structured; do
  printf '%s = %s\n' $name "$(rec_control --socket-dir="$work/$name" get questions)"
done
rndc -c "$work/bind/rndc.conf" stats
awk '$2 == "QUERY" { print "bind = " $1 }' "$work/bind/named.stats"
# dnsmasq tells its counts in its log. It counts what it forwarded and what it answered itself.
kill -USR1 "$(cat "$work/dnsmasq/pid")"
sleep 0.5
awk '/ queries forwarded /{ sub(/,/, "", $7); print "dnsmasq = " $7 + $NF }' \
  "$work/dnsmasq/query.log"
"$lab/ask_knot.py" "$work/knot/control" "stats.get('answer.total')" | sed 's/^/knot = /'
