#!/bin/bash
# usage: unpack-exim.sh DIR: Exim's program and eximstats below DIR. Debian installs one mail
# server at a time, and here that is Postfix, so Exim's packages are only unpacked.
set -euo pipefail
mkdir -p "$1/packages"
cd "$1/packages"
apt-get -qq download exim4-daemon-light exim4-base >/dev/null 2>download.log || {
  cat download.log >&2
  exit 1
}
for package in *.deb; do dpkg-deb -x "$package" ..; done
if missing=$(ldd ../usr/sbin/exim4 | grep 'not found'); then
  echo "lab: Exim wants libraries that packaging/install lab installs:" "$missing" >&2
  exit 1
fi
