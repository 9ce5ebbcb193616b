#!/bin/bash
# usage: inside.sh WORK_DIR: servers, capture and driver, inside private namespaces.
# This is process 1 of its own process namespace: when it ends, the kernel ends all the rest.
set -euo pipefail
work=$1
lab=$(dirname "$(readlink -f "$0")")
export LC_ALL=C TZ=UTC
. "$lab/../common.sh"
trap 'exit 130' INT TERM

# Mail servers and cron have their places compiled in, so they get a system of their own.
private_system() {
  local folder
  cp -a /etc "$work/etc.private"
  rm -rf "$work"/etc.private/{cron.d,crontab,spamassassin}
  cp -r "$work/etc/." "$work/etc.private/"
  cp /usr/share/postfix/master.cf.dist "$work/etc.private/postfix/master.cf"
  grep -q '^postfix:' "$work/etc.private/group" ||
    echo "postfix:x:64002:" >>"$work/etc.private/group"
  grep -q '^postfix:' "$work/etc.private/passwd" ||
    echo "postfix:x:64002:64002::/nonexistent:/bin/false" >>"$work/etc.private/passwd"
  chown -R root:root "$work/etc.private/postfix" "$work/etc.private/crontab"
  chmod 644 "$work/etc.private/crontab"
  mount --bind "$work/etc.private" /etc
  for folder in /var/spool /var/log /var/mail /var/lib/postfix /var/lib/rspamd /run; do
    mount -t tmpfs -o mode=755 tmpfs "$folder"
  done
  mkdir -p /var/spool/postfix /var/spool/cron/crontabs /var/log/rspamd /run/lock /run/rspamd
  chown postfix /var/lib/postfix
  chmod 1777 /var/mail
  chown nobody "$work/scans"
}

start_postfix() {
  local service=192.0.2
  # Outside a chroot, where the resolver finds its files.
  postconf -F "*/*/chroot = n"
  postconf -MX smtp/inet
  postconf -M "$service.25:smtp/inet = $service.25:smtp inet n - n - - smtpd" \
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
  postfix set-permissions 2>"$work/postfix.stderr" || true
  postfix start >"$work/postfix.stderr" 2>&1
  wait_for Postfix "$work/postfix.stderr" grep -q 'daemon started' /var/log/mail.log
}

hostname mx1.bank.example
ip link set lo up
for address in 192.0.2.{25,26,27,28,50,53,54,55} 198.51.100.{7,8,25,26} 203.0.113.{52,53}; do
  ip address add "$address/32" dev lo
done
private_system
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
start_postfix
start_capture dns lo 'udp port 53'
"$work/bin/cron" -f </dev/null >"$work/cron.stderr" 2>&1 &
sleep 2
"$lab/drive.py" "$work/scenario.toml" "$work"
postfix stop 2>/dev/null || true
stop_captures
cp /var/log/mail.log "$work/postfix.log"
