#!/usr/bin/env python3
"""Prints truth.toml: facts.py WORK_DIR OUT_DIR."""
import collections
import pathlib
import subprocess
import sys

import truth

VERSIONS = {"postfix": ("postconf", "-d", "mail_version"), "rspamd": ("rspamd", "--version"),
            "named": ("named", "-v"), "unbound": ("unbound", "-V"),
            "tcpdump": ("tcpdump", "--version"), "cron": ("dpkg-query", "-W", "cron")}
PARTIES = """\
[[parties]]
name = "Bank"
holds = ["192.0.2.0/24", "bank.example", "*.bank.example"]
mail_hosts = ["mx1.bank.example"]

[[parties]]
name = "Sender"
holds = ["198.51.100.0/24", "sender.example", "*.sender.example"]

[[parties]]
name = "Outside"
holds = ["203.0.113.0/24", "other.example", "*.other.example"]
"""
# Where each record was made, by the begin of its name.
VANTAGES = {"bank-ns": "authoritative", "sender-ns": "authoritative", "bank-resolver": "resolver",
            "sender-resolver": "resolver", "bank-edge": "passive_sensor",
            "sender-flows": "passive_sensor",
            "bank-postfix": "mail_server", "sender-exim": "mail_server",
            "bank-rspamd": "mail_server", "archive-rspamd": "host"}
# For whose mail a log is complete.
OF_BANK = '["bank.example", "*.bank.example"]'
NAMES = {"bank-postfix": OF_BANK, "bank-rspamd": OF_BANK,
         "sender-exim": '["sender.example", "*.sender.example"]'}


def versions(work):
    found = {name: truth.first_line(*command) for name, command in VERSIONS.items()}
    exim = sorted((work / "exim/packages").glob("exim4-daemon-*.deb"))[0]
    found["exim"] = subprocess.run(["dpkg-deb", "-f", exim, "Version"], capture_output=True,
                                   text=True, check=True).stdout.strip()
    return found


def print_record(path, folder, coverage, year):
    stem = path.name.split(".")[0]
    print(f"\n[[records]]\nfile = {truth.quoted(str(path.relative_to(folder)))}")
    truth.print_size(path)
    print(f'zone = "UTC"\nyear = {year}')
    if stem in VANTAGES:
        print(f"vantage = {truth.quoted(VANTAGES[stem])}")
        start, end = coverage.get(stem, coverage["logs"])
        print(f'covers = ["{start}/{end}"]')
        if stem in NAMES:
            print(f"names = {NAMES[stem]}")


def main():
    work, folder = (pathlib.Path(argument) for argument in sys.argv[1:])
    rows = truth.read_rows(folder / "truth.tsv")
    truth.print_head("organisations", rows, versions(work))
    print("\n# Events of truth.tsv by cause.\n[events]")
    for cause, events in sorted(collections.Counter(
            cause for _, cause in {(row.event, row.cause) for row in rows}).items()):
        print(f"{cause} = {events}")
    print("\n" + PARTIES, end="")
    coverage = truth.read_coverage(work / "coverage.tsv")
    for path in sorted(folder.glob("records/*")):
        print_record(path, folder, coverage, rows[0].time_start[:4])
    truth.print_scenario((work / "scenario.toml").read_text())


if __name__ == "__main__":
    main()
