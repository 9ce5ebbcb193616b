#!/usr/bin/env python3
"""Writes the servers' configuration: render.py SCENARIO WORK_DIR."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tomllib

import configure
import schedule

HERE = pathlib.Path(__file__).resolve().parent
LONG = 86400  # of delegations: they stay in the cache, as those of busy zones do
# Where the packages name the lists that they ask.
RSPAMD_LISTS = re.compile(r'\b(?:rbl|ip4) = "([a-z0-9.-]+)"')
SPAMASSASSIN_LISTS = re.compile(
    r"check_rbl\w*\('[^']*', *'([a-z][a-z0-9.-]+\.[a-z]+)\.?'"
    r"|^ *(?:urirhssub|urirhsbl|uridnssub|uridnsbl)\s+\S+\s+([a-z0-9.-]+)"
    r"|^ *askdns\s+\S+\s+_[A-Z]+_\.([a-z0-9.-]+)", re.M)


def lists():
    """The zones that the packages ask, as they set them up."""
    found = set()
    for path in sorted(pathlib.Path("/etc/rspamd/modules.d").glob("*.conf")):
        found.update(RSPAMD_LISTS.findall(path.read_text()))
    for path in sorted(pathlib.Path("/usr/share/spamassassin").glob("*.cf")):
        for groups in SPAMASSASSIN_LISTS.findall(path.read_text("latin-1")):
            found.update(name.rstrip(".") for name in groups if name)
    return sorted(name for name in found if "." in name)


def zone(origin, ttl, lines):
    return (f"$ORIGIN {origin}\n$TTL {ttl}\n@ {LONG} IN SOA ns.hub.example. "
            f"hostmaster.hub.example. 1 3600 600 604800 {ttl}\n@ {LONG} IN NS ns.hub.example.\n"
            f"{lines}")


def zones(scenario, work):
    jobs = "".join(f"{name} IN A 203.0.113.80\n" for name in schedule.JOBS)
    sender = configure.fill(HERE / "templates" / "sender.example.zone.in",
                            {"KEY": configure.signing_key(work / "dkim.key")})
    out = {
        "sender.example": sender,
        "later.example": "@ IN MX 10 mail2.later.example.\nmail2 IN A 198.51.100.26\n",
        "jobs.example": jobs,
        "shop.example": "www IN A 203.0.113.81\n",
        "bank.example": "@ IN MX 10 mx1\nmx1 IN A 192.0.2.25\n",
        "2.0.192.in-addr.arpa": "25 IN PTR mx1.bank.example.\n",
        "100.51.198.in-addr.arpa": "25 IN PTR mail1.sender.example.\n"
                                   "8 IN PTR mail1.sender.example.\n",
        "bl.list.example": "", "second.list.example": ""}
    out |= dict.fromkeys(lists(), "")
    return {name: zone(name + ".", scenario["ttl"], lines) for name, lines in out.items()}


def write_dns(scenario, work):
    folder = work / "dns"
    folder.mkdir()
    all_zones = zones(scenario, work)
    all_zones["hub.example"] = zone(
        "hub.example.", LONG, f"ns IN A {schedule.AUTHORITATIVE}\nroot IN A {schedule.ROOT}\n")
    delegations = "".join(f"{name}. IN NS ns.hub.example.\n" for name in all_zones)
    (folder / "root.zone").write_text(
        f"$TTL {LONG}\n. IN SOA root.hub.example. hostmaster.hub.example. 1 3600 600 604800 60\n"
        f". IN NS root.hub.example.\n{delegations}ns.hub.example. IN A {schedule.AUTHORITATIVE}\n"
        f"root.hub.example. IN A {schedule.ROOT}\n")
    parts = []
    for number, (name, text) in enumerate(all_zones.items()):
        (folder / f"{number}.zone").write_text(text)
        parts.append(f'  zone "{name}" {{ type primary; file "{number}.zone"; }};')
    (folder / "named.conf").write_text(configure.fill(
        HERE / "templates" / "named.conf.in",
        {"DIR": folder, "ZONES": "\n".join(parts), "ROOT": schedule.ROOT,
         "AUTHORITATIVE": schedule.AUTHORITATIVE}))
    (work / "lists").write_text("\n".join(["bl.list.example", "second.list.example", *lists()]))
    folder = work / "resolver"
    folder.mkdir()
    (folder / "hints").write_text(f". {LONG} IN NS root.hub.example.\n"
                                  f"root.hub.example. {LONG} IN A {schedule.ROOT}\n")
    (folder / "unbound.conf").write_text(
        configure.fill(HERE / "templates" / "unbound.conf.in", {"DIR": folder}))


def write_etc(scenario, work):
    """What lies in etc/ is laid over the private /etc."""
    etc = work / "etc"
    for folder in ("postfix", "rspamd/local.d", "spamassassin"):
        (etc / folder).mkdir(parents=True)
    queue = {name.upper(): value for name, value in scenario["queue"].items()}
    (etc / "postfix/main.cf").write_text(
        configure.fill(HERE / "templates" / "main.cf.in", queue))
    (etc / "rspamd/local.d/options.inc").write_text(
        f'dns {{ nameserver = ["{schedule.RESOLVER["rspamd"]}"]; }}\n'
        f'url_tld = "{work}/tld";\n')
    # Neither program's table of top-level domains has that of the documentation.
    table = pathlib.Path("/usr/share/rspamd/effective_tld_names.dat").read_text("utf-8")
    (work / "tld").write_text(table + "\nexample\n", "utf-8")
    shutil.copytree("/etc/spamassassin", etc / "spamassassin", dirs_exist_ok=True)
    with open(etc / "spamassassin/local.cf", "a", encoding="ascii") as out:
        out.write(f"\ndns_server {schedule.RESOLVER['spamassassin']}\ndns_available yes\n"
                  "util_rb_tld example\n")
    lines = "".join(f"* * * * * root {work}/job.sh {name}\n" for name in schedule.JOBS)
    (etc / "crontab").write_text(f"SHELL=/bin/sh\n{lines}")
    (etc / "resolv.conf").write_text(f"nameserver {schedule.RESOLVER['postfix']}\n")
    (etc / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
    (etc / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files dns\n"
                                       "services: files\nprotocols: files\n")


def main():
    scenario = tomllib.loads(pathlib.Path(sys.argv[1]).read_text())
    work = pathlib.Path(sys.argv[2])
    if os.getuid() != 0:
        sys.exit("lab: the run checks needs root: mail servers change to users of their own")
    write_dns(scenario, work)
    write_etc(scenario, work)
    for name in ("scan.sh", "job.sh"):
        shutil.copy(HERE / name, work / name)
    (work / "scans").mkdir()
    (work / "limit").write_text(f"{scenario['limit']}\n")


if __name__ == "__main__":
    main()
