#!/bin/bash
# usage: inside.sh WORK_DIR: hosts, servers, captures and driver, inside private namespaces.
# This is process 1 of its own process namespace: when it ends, the kernel ends all the rest.
set -euo pipefail
work=$1
lab=$(dirname "$(readlink -f "$0")")
export LC_ALL=C TZ=UTC
for part in common mail_system hosts flows; do . "$lab/../$part.sh"; done
trap 'exit 130' INT TERM

networks() {
  local host network address
  ip link set lo up
  add_network bank 192.0.2.1
  add_network sender 198.51.100.1
  add_network outside 203.0.113.1
  while read -r host network address; do
    add_host "$host" "$network" "$address"
  done <"$work/hosts.tsv"
}

start_server() {  # host, address, a zone of it
  on "$1" "$work/bin/named" -f -n 1 -c "$work/$1/named.conf" </dev/null >"$work/$1/stderr" 2>&1 &
  wait_for "$1" "$work/$1/named.log" dig "@$2" +tries=1 +time=1 "$3" SOA
}

start_resolver() {  # host, address
  on "$1" "$work/bin/unbound" -d -c "$work/$1/unbound.conf" </dev/null >"$work/$1/stderr" 2>&1 &
  # A name of its own kind, answered without asking anybody.
  wait_for "$1" "$work/$1/stderr" on "$1" dig "@$2" +tries=1 +time=1 localhost A
}

start_mail() {
  mkdir -m 777 /var/mail/bank /var/mail/sender
  on bank-mx "$work/bin/rspamd" -i -f -c "$work/bank-mx/rspamd.conf" </dev/null \
    >"$work/bank-mx/stderr" 2>&1 &
  patience=600 wait_for rspamd "$work/bank-mx/rspamd.log" \
    on bank-mx bash -c '</dev/tcp/127.0.0.1/11332'
  set_up_postfix
  start_postfix on bank-mx
  chown Debian-exim /etc/exim4/dkim.key
  on sender-mail "$work/exim/usr/sbin/exim4" -bdf </dev/null \
    >"$work/exim.stderr" 2>&1 &
  wait_for Exim "$work/exim.stderr" on sender-mail bash -c '</dev/tcp/198.51.100.25/25'
}

hostname lab  # no domain: the stub would add it to names
private_system
networks
copy_programs named unbound rspamd tcpdump cron softflowd nfcapd
logs_start=$(now)
start_server root 203.0.113.53 .
start_server bank-ns 192.0.2.53 bank.example
start_server sender-ns 198.51.100.53 sender.example
start_resolver bank-dns 192.0.2.54
start_resolver sender-dns 198.51.100.54
start_mail
# What crosses the edge of Bank's network; what its hosts say to each other does not.
start_capture bank-edge bank \
  'not arp and not (src net 192.0.2.0/24 and dst net 192.0.2.0/24) and not icmp'
start_capture sender-edge sender \
  'tcp and not (src net 198.51.100.0/24 and dst net 198.51.100.0/24)'
captures_start=$(now)
on bank-app "$work/bin/cron" -f </dev/null >"$work/cron.stderr" 2>&1 &
"$lab/drive.py" "$work/scenario.toml" "$work"
sleep 1
on bank-mx postfix stop 2>/dev/null || true
end=$(now)
note_coverage "$logs_start" "$end" logs >"$work/coverage.tsv"
note_coverage "$captures_start" "$end" bank-edge sender-flows >>"$work/coverage.tsv"
stop_captures
# Sender's router tells flows of TCP, and nobody keeps its packets.
start_nfcapd "$work/flows"
export_flows "$work/sender-edge.pcap" "$work/flows" 9 tcp -A milli
stop_nfcapd "$work/flows"
cp -r /var/mail "$work/mailboxes"
cp /var/log/mail.log "$work/postfix.log"
cp /var/log/exim4/mainlog "$work/exim.log"
