#!/bin/bash
# usage: inside.sh WORK_DIR: servers, captures and driver, inside private namespaces.
# This is process 1 of its own process namespace: when it ends, the kernel ends all the rest.
set -euo pipefail
work=$1
lab=$(dirname "$(readlink -f "$0")")
export LC_ALL=C TZ=UTC
. "$lab/../common.sh"
trap 'exit 130' INT TERM

private_network() {
  ip link set lo up
  # named listens only on addresses that an interface carries.
  for last in 1 2 3; do ip address add "127.0.20.$last/32" dev lo; done
  # Move the local table behind a free place, where the driver can make a server unheard.
  ip rule add pref 10 lookup local
  ip rule del pref 0 lookup local
  # The C library's stub has no source option; let the kernel choose the host app-3 for it.
  ip route replace local 127.0.11.53/32 dev lo table local src 127.0.11.66
  mount --bind "$work/resolv.conf" /etc/resolv.conf
  mount --bind "$work/nsswitch.conf" /etc/nsswitch.conf
  # A caching daemon of the host would be asked over its socket, past all of this.
  if [ -d /run/nscd ]; then mount -t tmpfs tmpfs /run/nscd; fi
}

start_resolver() {  # name, service address
  "$work/bin/unbound" -d -c "$work/$1/unbound.conf" </dev/null >"$work/$1/stderr" 2>&1 &
  # A name of its own kind, answered without asking anybody.
  wait_for "resolver $1" "$work/$1/query.log" dig "@$2" +tries=1 +time=1 localhost A
}

wait_for_copies() {
  for name in 127.0.20.2 127.0.20.3; do
    for _ in $(seq 100); do
      dig "@$name" -b 127.0.20.99 +norecurse +tries=1 +time=1 +short mail1.sender.example A \
        | grep -q . && continue 2
      sleep 0.1
    done
    echo "lab: $name got no copy of sender.example" >&2
    tail -n 20 "$work"/ns*/named.log "$work"/ns*/change.log >&2
    exit 1
  done
}

private_network
copy_programs named unbound tcpdump
logs_start=$(now)
for name in ns1 ns2 ns3; do "$lab/start-named.sh" "$work" "$name"; done
wait_for_copies
start_resolver bank 127.0.11.53
start_resolver clinic 127.0.31.53
# Two vantages: the sender's edge (link type Ethernet) and the bank's inside (Linux SLL2).
start_capture sender-edge lo 'net 127.0.20.0/24 and port 53'
start_capture bank-inside any 'host 127.0.11.53 and port 53'
captures_start=$(now)
"$lab/drive.py" "$work/scenario.toml" "$work"
sleep 1
end=$(now)
{
  note_coverage "$logs_start" "$end" ns1.query ns2.query ns3.query ns1.change
  note_coverage "$logs_start" "$end" bank-resolver clinic-resolver
  note_coverage "$captures_start" "$end" sender-edge bank-inside
} >"$work/coverage.tsv"
stop_captures
for name in ns1 ns2 ns3; do rndc -c "$work/$name/rndc.conf" stop; done
sleep 1
