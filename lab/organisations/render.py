#!/usr/bin/env python3
"""Writes the servers' configuration and keys: render.py SCENARIO WORK_DIR."""
import os
import pathlib
import shutil
import subprocess
import sys
import tomllib

import configure
import schedule

HERE = pathlib.Path(__file__).resolve().parent
LONG = 86400  # of delegations: they stay in the cache, as those of busy zones do
POINTERS = {"bank": ("2.0.192.in-addr.arpa", "25 IN PTR mx1.bank.example.\n"),
            "sender": ("100.51.198.in-addr.arpa", "25 IN PTR mail1.sender.example.\n"
                                                  "30 IN PTR news1.sender.example.\n")}
WORKERS = {
    "bank-mx": 'worker "rspamd_proxy" { bind_socket = "127.0.0.1:11332"; milter = yes; count = 1;\n'
               '  timeout = 20s; upstream "local" { default = yes; self_scan = yes; } }',
    "bank-archive": 'worker "normal" { bind_socket = "127.0.0.1:11333"; count = 1; }'}


def fill(name, values):
    return configure.fill(HERE / "templates" / name, values)


def zone(party, ttl, lines):
    return (f"$TTL {ttl}\n@ {LONG} IN SOA ns1.{party}.example. hostmaster.{party}.example. "
            f"1 3600 600 604800 {ttl}\n@ {LONG} IN NS ns1.{party}.example.\n{lines}")


def write_server(folder, address, zones):
    folder.mkdir()
    lines = []
    for number, (name, text) in enumerate(zones.items()):
        (folder / f"{number}.zone").write_text(text)
        lines.append(f'zone "{name}" {{ type primary; file "{number}.zone"; }};')
    (folder / "named.conf").write_text(fill(
        "named.conf.in", {"DIR": folder, "ADDRESS": address, "ZONES": "\n".join(lines)}))


def write_dns(scenario, work):
    address = {host: address for host, (_, address) in schedule.HOSTS.items()}
    keys = {f"{name.upper()}_KEY": configure.signing_key(work / f"{name}.key")
            for name in ("bank", "sender", "news")}
    write_server(work / "root", schedule.ROOT,
                 {".": fill("root.zone.in", {"ROOT": schedule.ROOT})})
    for party, (reverse, pointers) in POINTERS.items():
        lines = fill(f"{party}.example.zone.in", keys)
        write_server(work / f"{party}-ns", address[f"{party}-ns"],
                     {f"{party}.example": zone(party, scenario["ttl"], lines),
                      reverse: zone(party, scenario["ttl"], pointers)})
        folder = work / f"{party}-dns"
        folder.mkdir()
        own = address[f"{party}-dns"]
        (folder / "hints").write_text(f". {LONG} IN NS root.other.example.\n"
                                      f"root.other.example. {LONG} IN A {schedule.ROOT}\n")
        (folder / "unbound.conf").write_text(fill("unbound.conf.in", {
            "DIR": folder, "ADDRESS": own, "NETWORK": own.rsplit(".", 1)[0] + ".0/24"}))


def write_etc(scenario, work):
    """What lies in etc/ is laid over the private /etc."""
    etc = work / "etc"
    for folder in ("postfix", "exim4"):
        (etc / folder).mkdir(parents=True)
    (etc / "postfix/main.cf").write_text(fill("main.cf.in", {}))
    (etc / "exim4/exim4.conf").write_text(
        fill("exim4.conf.in", {"EXIM": work / "exim/usr/sbin/exim4"}))
    shutil.copy(work / "sender.key", etc / "exim4/dkim.key")
    configure.certificate("mx1.bank.example", etc / "postfix/key.pem", etc / "postfix/cert.pem")
    for host, (network, _) in schedule.HOSTS.items():
        (etc / "netns" / host).mkdir(parents=True)
        (etc / "netns" / host / "resolv.conf").write_text(
            f"nameserver {schedule.RESOLVER[network]}\n")
    (etc / "hosts").write_text("127.0.0.1 localhost\n")
    (etc / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files dns\n"
                                       "services: files\nprotocols: files\n")
    job = f"* * * * * root sleep 20; {work}/job.sh {schedule.STALE} {work}/jobs.tsv\n"
    (etc / "crontab").write_text("SHELL=/bin/sh\n" + (job if scenario["job"]["is_run"] else ""))


def main():
    scenario = tomllib.loads(pathlib.Path(sys.argv[1]).read_text())
    work = pathlib.Path(sys.argv[2])
    if os.getuid() != 0:
        sys.exit("lab: the run organisations needs root: mail servers change to users of their own")
    write_dns(scenario, work)
    write_etc(scenario, work)
    for host, workers in WORKERS.items():
        (work / host).mkdir()
        (work / host / "rspamd.conf").write_text(fill("rspamd.conf.in", {
            "DIR": work / host, "KEY": work / "bank.key", "WORKERS": workers}))
    shutil.copy(HERE / "job.sh", work / "job.sh")
    (work / "hosts.tsv").write_text("".join(
        f"{host}\t{network}\t{address}\n" for host, (network, address) in schedule.HOSTS.items()))
    (work / "limit").write_text(f"{scenario['limit']}\n")
    # Before the namespaces close: afterwards no package can be fetched.
    subprocess.run([HERE.parent / "unpack-exim.sh", work / "exim"], check=True)


if __name__ == "__main__":
    main()
