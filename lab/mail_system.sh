# shellcheck shell=bash disable=SC2154
# Sourced by the inside.sh of runs with mail servers, which have their places compiled in: they get
# a system of their own around them.

# $work/etc is laid over a private /etc; each folder named becomes an empty one.
private_system() {  # folders
  local folder name user group number
  cp -a /etc "$work/etc.private"
  rm -rf "$work"/etc.private/{cron.d,crontab}
  cp -r "$work/etc/." "$work/etc.private/"
  cp /usr/share/postfix/master.cf.dist "$work/etc.private/postfix/master.cf"
  for name in Debian-exim:Debian-exim:64001 postfix:postfix:64002; do
    IFS=: read -r user group number <<<"$name"
    grep -q "^$group:" "$work/etc.private/group" ||
      echo "$group:x:$number:" >>"$work/etc.private/group"
    grep -q "^$user:" "$work/etc.private/passwd" ||
      echo "$user:x:$number:$number::/nonexistent:/bin/false" >>"$work/etc.private/passwd"
  done
  for name in postfix exim4 crontab; do
    [ ! -e "$work/etc/$name" ] || chown -R root:root "$work/etc.private/$name"
  done
  [ ! -e "$work/etc/crontab" ] || chmod 644 "$work/etc.private/crontab"
  mount --bind "$work/etc.private" /etc
  for folder in /var/spool /var/log /var/mail /var/lib/postfix /run "$@"; do
    mount -t tmpfs -o mode=755 tmpfs "$folder"
  done
  mkdir -p /var/spool/{postfix,exim4,cron/crontabs} /var/log/{exim4,rspamd} /run/{lock,rspamd}
  chown Debian-exim:Debian-exim /var/log/exim4 /var/spool/exim4
  chown postfix /var/lib/postfix
  chmod 1777 /var/mail
}

# Outside a chroot, where the resolver finds its files. Arguments: services for master.cf.
set_up_postfix() {
  postconf -F "*/*/chroot = n"
  [ $# = 0 ] || postconf -M "$@"
  postfix set-permissions 2>"$work/postfix.stderr" || true
}

# Arguments: what runs it, such as `on HOST`.
start_postfix() {
  "$@" postfix start >"$work/postfix.stderr" 2>&1
  wait_for Postfix "$work/postfix.stderr" grep -q 'daemon started' /var/log/mail.log
}
