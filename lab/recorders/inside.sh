#!/bin/bash
# usage: inside.sh WORK_DIR: servers, captures and driver, inside private namespaces.
# This is process 1 of its own process namespace: when it ends, the kernel ends all the rest.
set -euo pipefail
work=$1
lab=$(dirname "$(readlink -f "$0")")
export LC_ALL=C TZ=UTC
. "$lab/../common.sh"
. "$lab/../flows.sh"
. "$lab/flows.sh"
trap 'exit 130' INT TERM

ip link set lo up
for last in 1 {11..18}; do ip address add "192.0.2.$last/32" dev lo; done
for last in {11..18}; do ip address add "2001:db8::$last/128" dev lo nodad; done
for last in 21 22 23 24; do ip address add "198.51.100.$last/32" dev lo; done
ip address add 2001:db8:1::21/128 dev lo nodad

start() {  # name, address or - when it serves nobody, command
  local name=$1 address=$2
  shift 2
  "$work/bin/$1" "${@:2}" </dev/null >>"$work/$name/stderr" 2>&1 &
  echo $! >"$work/$name/pid"
  # A class and a name of its own kind: set-up must leave no row that could pass for a question.
  [ "$address" = - ] || wait_for "$name" "$work/$name/stderr" \
    dig "@$address" +tries=1 +time=1 startup.bind. CH TXT
}

start_dnstap() {  # recorder: a collector at its socket
  "$work/bin/fstrm_capture" -t protobuf:dnstap.Dnstap -u "$work/$1/dnstap.sock" \
    -w "$work/$1/$1.dnstap" </dev/null >"$work/$1/dnstap.stderr" 2>&1 &
  echo $! >"$work/$1/dnstap.pid"
  wait_for fstrm_capture "$work/$1/dnstap.stderr" test -S "$work/$1/dnstap.sock"
}

copy_programs named unbound dnsmasq pdns_recursor kresd fstrm_capture tcpdump softflowd nfcapd
start_dnstap unbound
start_dnstap knot
logs_start=$(now)
start_capture wire lo 'port 53'
start authoritative 192.0.2.1 named -f -n 1 -c "$work/authoritative/named.conf"
start unbound 192.0.2.11 unbound -d -c "$work/unbound/unbound.conf"
start dnsmasq 192.0.2.12 dnsmasq -C "$work/dnsmasq/dnsmasq.conf"
start unbound-replies 192.0.2.18 unbound -d -c "$work/unbound-replies/unbound.conf"
start dnsmasq-plain 192.0.2.17 dnsmasq -C "$work/dnsmasq-plain/dnsmasq.conf"
start powerdns 192.0.2.13 pdns_recursor --config-dir="$work/powerdns"
start powerdns-structured 192.0.2.14 pdns_recursor --config-dir="$work/powerdns-structured"
start knot 192.0.2.15 kresd -n -c "$work/knot/kresd.conf" "$work/knot"
start bind 192.0.2.16 named -f -n 1 -c "$work/bind/named.conf"
"$lab/drive.py" "$work/scenario.toml" "$work"
sleep 1
"$lab/counters.sh" "$work" >"$work/counters.toml"
end=$(now)
note_coverage "$logs_start" "$end" recorders >"$work/coverage.tsv"
stop_captures
keep_flows
for pid in "$work"/*/pid; do
  kill -TERM "$(cat "$pid")" || true
done
sleep 1
for recorder in unbound knot; do kill -INT "$(cat "$work/$recorder/dnstap.pid")" || true; done
sleep 1
