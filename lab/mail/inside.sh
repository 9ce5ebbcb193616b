#!/bin/bash
# usage: inside.sh WORK_DIR: servers, captures and driver, inside private namespaces.
# This is process 1 of its own process namespace: when it ends, the kernel ends all the rest.
set -euo pipefail
work=$1
lab=$(dirname "$(readlink -f "$0")")
export LC_ALL=C TZ=UTC
. "$lab/../common.sh"
trap 'exit 130' INT TERM

# Mail servers have their places compiled in, so they get a system of their own around them.
private_system() {
  local folder
  cp -a /etc "$work/etc.private"
  cp -r "$work/etc/." "$work/etc.private/"
  cp /usr/share/postfix/master.cf.dist "$work/etc.private/postfix/master.cf"
  for name in Debian-exim:Debian-exim:64001 postfix:postfix:64002; do
    IFS=: read -r user group number <<<"$name"
    grep -q "^$group:" "$work/etc.private/group" ||
      echo "$group:x:$number:" >>"$work/etc.private/group"
    grep -q "^$user:" "$work/etc.private/passwd" ||
      echo "$user:x:$number:$number::/nonexistent:/bin/false" >>"$work/etc.private/passwd"
  done
  chown -R root:root "$work/etc.private/postfix" "$work/etc.private/exim4"
  mount --bind "$work/etc.private" /etc
  for folder in /var/spool /var/log /var/mail /var/lib/postfix /run; do
    mount -t tmpfs -o mode=755 tmpfs "$folder"
  done
  mkdir /var/spool/postfix /var/log/exim4 /var/spool/exim4 /run/lock
  chown Debian-exim:Debian-exim /var/log/exim4 /var/spool/exim4
  chown postfix /var/lib/postfix
  chmod 1777 /var/mail
}

start_postfix() {
  # Outside a chroot, where the resolver finds its files.
  postconf -F "*/*/chroot = n"
  # A second address, where postscreen looks at clients first.
  postconf -M "192.0.2.26:smtp/inet = 192.0.2.26:smtp inet n - n - 1 postscreen" \
    "smtpd/pass = smtpd pass - - n - - smtpd" "dnsblog/unix = dnsblog unix - - n - 0 dnsblog"
  postfix set-permissions 2>"$work/postfix.stderr" || true
  postfix start >"$work/postfix.stderr" 2>&1
  wait_for Postfix "$work/postfix.stderr" grep -q 'daemon started' /var/log/mail.log
}

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
