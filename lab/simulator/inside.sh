#!/bin/bash
# usage: inside.sh WORK_DIR: servers, path and driver, inside private namespaces.
# This is process 1 of its own process namespace: when it ends, the kernel ends all the rest.
set -euo pipefail
work=$1
lab=$(dirname "$(readlink -f "$0")")
export LC_ALL=C TZ=UTC
. "$lab/../common.sh"
trap 'exit 130' INT TERM

ip link set lo up
for last in {11..18}; do ip address add "192.0.2.$last/32" dev lo; done
ip address add 198.51.100.21/32 dev lo

start() {  # folder, address, command
  local name=$1 address=$2
  shift 2
  "$work/bin/$1" "${@:2}" </dev/null >>"$work/$name/stderr" 2>&1 &
  # Through the whole path: the delegations, with their long TTLs, are in the cache from here on.
  wait_for "$name" "$work/$name/stderr" \
    sh -c "dig @$address +tries=1 +time=1 ns1.sender.example. A | grep -q 203.0.113.1"
}

copy_programs named unbound pdns_recursor kresd
"$lab/path.py" "$work" </dev/null >"$work/path.stderr" 2>&1 &
wait_for authoritative "$work/path.stderr" dig @203.0.113.1 +tries=1 +time=1 ns1.sender.example. A
for name in unbound unbound-prefetch unbound-farm unbound-farm-2 unbound-threads; do
  case $name in
    unbound) last=11 ;; unbound-prefetch) last=12 ;; unbound-threads) last=14 ;; *) last=13 ;;
  esac
  start $name 192.0.2.$last unbound -d -c "$work/$name/unbound.conf"
done
start bind 192.0.2.15 named -f -n 1 -c "$work/bind/named.conf"
start bind-plain 192.0.2.16 named -f -n 1 -c "$work/bind-plain/named.conf"
start powerdns 192.0.2.17 pdns_recursor --config-dir="$work/powerdns"
start knot 192.0.2.18 kresd -n -c "$work/knot/kresd.conf" "$work/knot"
# The second of the farm may have got none of the questions so far.
for _ in $(seq 20); do
  dig @192.0.2.13 +tries=1 +time=1 ns2.sender.example. A >/dev/null || true
done
"$lab/drive.py" "$work/scenario.toml" "$work"
