#!/bin/bash
# usage: inside.sh WORK_DIR: servers, captures and driver, inside private namespaces.
# This is process 1 of its own process namespace: when it ends, the kernel ends all the rest.
set -euo pipefail
work=$1
lab=$(dirname "$(readlink -f "$0")")
export LC_ALL=C TZ=UTC
. "$lab/../common.sh"
. "$lab/../mail_system.sh"
trap 'exit 130' INT TERM

hostname mx1.bank.example
ip link set lo up
for address in 192.0.2.{25,26,53} 198.51.100.25 203.0.113.{7,8,9}; do
  ip address add "$address/32" dev lo
done
private_system
copy_programs named rspamd tcpdump
logs_start=$(now)
start_capture smtp lo 'tcp port 25'
"$work/bin/named" -f -n 1 -c "$work/dns/named.conf" </dev/null >"$work/dns/stderr" 2>&1 &
wait_for named "$work/dns/named.log" dig @192.0.2.53 +tries=1 +time=1 startup.bind. CH TXT
"$work/bin/rspamd" -i -f -c "$work/rspamd/rspamd.conf" </dev/null >"$work/rspamd/stderr" 2>&1 &
wait_for rspamd "$work/rspamd/rspamd.log" bash -c '</dev/tcp/127.0.0.1/11332'
# A second address, where postscreen looks at clients first.
set_up_postfix "192.0.2.26:smtp/inet = 192.0.2.26:smtp inet n - n - 1 postscreen" \
  "smtpd/pass = smtpd pass - - n - - smtpd" "dnsblog/unix = dnsblog unix - - n - 0 dnsblog"
start_postfix
"$lab/drive.py" "$work/scenario.toml" "$work"
sleep 1
postfix stop 2>/dev/null || true
end=$(now)
note_coverage "$logs_start" "$end" mail >"$work/coverage.tsv"
stop_captures
cp -r /var/mail "$work/mailboxes"
cp /var/log/mail.log "$work/postfix.log"
cp /var/log/exim4/mainlog "$work/exim.log"
