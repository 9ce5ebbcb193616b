#!/usr/bin/env python3
"""Writes the servers' configuration: render.py SCENARIO WORK_DIR."""
import os
import pathlib
import subprocess
import sys
import tomllib

import configure

HERE = pathlib.Path(__file__).resolve().parent
# Template to where it goes below WORK_DIR; what lies in etc/ is laid over the private /etc.
PLACES = {
    "named.conf.in": "dns/named.conf", "root.zone.in": "dns/root.zone",
    "main.cf.in": "etc/postfix/main.cf", "header_checks.in": "etc/postfix/header_checks",
    "exim4.conf.in": "etc/exim4/exim4.conf", "rspamd.conf.in": "rspamd/rspamd.conf",
}


def main():
    scenario = tomllib.loads(pathlib.Path(sys.argv[1]).read_text())
    work = pathlib.Path(sys.argv[2])
    if os.getuid() != 0:
        sys.exit("lab: the run mail needs root: mail servers change to users of their own")
    for template, place in PLACES.items():
        path = work / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(configure.fill(HERE / "templates" / template, {
            "DIR": path.parent, "EXIM": work / "exim/usr/sbin/exim4",
            "MESSAGE_SIZE_LIMIT": scenario["message_size_limit"]}))
    configure.certificate("mx1.bank.example", work / "etc/postfix/key.pem",
                          work / "etc/postfix/cert.pem")
    (work / "etc/postfix/greylist").write_text("later@bank.example 450 4.2.0 come back later\n")
    (work / "etc/resolv.conf").write_text("nameserver 192.0.2.53\noptions timeout:2 attempts:1\n")
    (work / "etc/nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: dns\n"
                                            "services: files\nprotocols: files\n")
    (work / "limit").write_text(f"{scenario['limit']}\n")
    # Before the namespaces close: afterwards no package can be fetched.
    subprocess.run([HERE.parent / "unpack-exim.sh", work / "exim"], check=True)


if __name__ == "__main__":
    main()
