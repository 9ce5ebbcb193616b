#!/bin/bash
# usage: inside.sh WORK_DIR: servers, capture and driver, inside private namespaces.
# This is process 1 of its own process namespace: when it ends, the kernel ends all the rest.
set -euo pipefail
work=$1
lab=$(dirname "$(readlink -f "$0")")
export LC_ALL=C TZ=UTC
. "$lab/../common.sh"
. "$lab/../mail_system.sh"
trap 'exit 130' INT TERM

start_services() {
  local service=192.0.2
  postconf -MX smtp/inet
  set_up_postfix "$service.25:smtp/inet = $service.25:smtp inet n - n - - smtpd" \
    "$service.26:smtp/inet = $service.26:smtp inet n - n - - smtpd" \
    "$service.27:smtp/inet = $service.27:smtp inet n - n - - smtpd" \
    "$service.28:smtp/inet = $service.28:smtp inet n - n - 1 postscreen" \
    "smtpd/pass = smtpd pass - - n - - smtpd" "dnsblog/unix = dnsblog unix - - n - 0 dnsblog" \
    "scan/unix = scan unix - n n - 1 pipe flags=Rq user=nobody argv=$work/scan.sh $work/scans"
  postconf -P \
    "$service.25:smtp/inet/smtpd_client_restrictions=\$strict_clients" \
    "$service.25:smtp/inet/smtpd_helo_restrictions=reject_unknown_helo_hostname" \
    "$service.25:smtp/inet/smtpd_sender_restrictions=reject_unknown_sender_domain" \
    "$service.26:smtp/inet/smtpd_milters=inet:127.0.0.1:11332" \
    "$service.27:smtp/inet/content_filter=scan:"
  start_postfix
}

hostname mx1.bank.example
ip link set lo up
for address in 192.0.2.{25,26,27,28,50,53,54,55} 198.51.100.{7,8,25,26} 203.0.113.{52,53}; do
  ip address add "$address/32" dev lo
done
private_system /var/lib/rspamd
chown nobody "$work/scans"
copy_programs named unbound rspamd tcpdump cron
"$work/bin/named" -f -n 1 -c "$work/dns/named.conf" </dev/null >"$work/dns/stderr" 2>&1 &
wait_for named "$work/dns/named.log" dig @203.0.113.53 +tries=1 +time=1 sender.example. MX
"$work/bin/unbound" -d -c "$work/resolver/unbound.conf" </dev/null >"$work/resolver/stderr" 2>&1 &
wait_for unbound "$work/resolver/stderr" dig @192.0.2.53 +tries=1 +time=1 hub.example. SOA
# Delegations are in the cache of a host that is in use.
while read -r zone; do dig @192.0.2.53 +tries=1 +time=1 "$zone." SOA >/dev/null; done < <(
  cat "$work/lists"; printf '\n%s.in-addr.arpa\n' 100.51.198 2.0.192
  printf '%s.example\n' sender later shop bank jobs)
smtp-sink -u nobody 198.51.100.25:25 100 </dev/null 2>"$work/sink.stderr" &
smtp-sink -u nobody -r RCPT 198.51.100.26:25 100 </dev/null 2>"$work/sink2.stderr" &
"$work/bin/rspamd" -i -f -c /etc/rspamd/rspamd.conf </dev/null >"$work/rspamd.stderr" 2>&1 &
patience=600 wait_for rspamd "$work/rspamd.stderr" bash -c '</dev/tcp/127.0.0.1/11332'
patience=600 wait_for rspamd "$work/rspamd.stderr" bash -c '</dev/tcp/127.0.0.1/11333'
start_services
start_capture dns lo 'udp port 53'
"$work/bin/cron" -f </dev/null >"$work/cron.stderr" 2>&1 &
sleep 2
"$lab/drive.py" "$work/scenario.toml" "$work"
postfix stop 2>/dev/null || true
stop_captures
cp /var/log/mail.log "$work/postfix.log"
