#!/bin/bash
# usage: start-named.sh WORK_DIR NAME: starts one authoritative server and waits until it answers.
set -euo pipefail
work=$1 name=$2
zone=UTC
[ "$name" = ns2 ] && zone=$(cat "$work/ns2.zone_name")
TZ=$zone "$work/bin/named" -f -n 1 -c "$work/$name/named.conf" \
  </dev/null >>"$work/$name/stderr" 2>&1 &
for _ in $(seq 100); do
  rndc -c "$work/$name/rndc.conf" status >/dev/null 2>&1 && exit 0
  sleep 0.1
done
echo "lab: $name did not start:" >&2
tail -n 20 "$work/$name/stderr" "$work/$name/named.log" >&2 || true
exit 1
