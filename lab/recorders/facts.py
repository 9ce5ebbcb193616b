#!/usr/bin/env python3
"""Prints truth.toml: facts.py WORK_DIR OUT_DIR."""
import pathlib
import re
import sys

import truth

VERSIONS = {"named": ("named", "-v"), "unbound": ("unbound", "-V"),
            "dnsmasq": ("dnsmasq", "--version"),
            "pdns_recursor": ("dpkg-query", "-W", "pdns-recursor"),
            "kresd": ("kresd", "--version"), "fstrm_capture": ("dpkg-query", "-W", "fstrm-bin"),
            "tcpdump": ("tcpdump", "--version"), "softflowd": ("dpkg-query", "-W", "softflowd"),
            "nfdump": ("nfdump", "-V")}


def main():
    work, folder = (pathlib.Path(argument) for argument in sys.argv[1:])
    rows = truth.read_rows(folder / "truth.tsv")
    truth.print_head("recorders", rows, {name: truth.first_line(*command)
                                         for name, command in VERSIONS.items()})
    print("\n# Questions that each server says it was asked, the ones of the set-up included.")
    print("[counters]\n" + (work / "counters.toml").read_text(), end="")
    print("\n# The hosts' packets as flows, by nfdump -I.\n[flows]")
    for key, value in re.findall(r"^(Flows|Packets|Bytes): (\d+)$",
                                 (work / "flows" / "nfdump.counters").read_text(), re.M):
        print(f"{key.lower()} = {value}")
    start, end = truth.read_coverage(work / "coverage.tsv")["recorders"]
    year = rows[0].time_start[:4]
    for path in sorted(folder.glob("records/*")):
        print(f"\n[[records]]\nfile = {truth.quoted(str(path.relative_to(folder)))}")
        truth.print_size(path)
        print(f'zone = "UTC"\nyear = {year}\ncovers = ["{start}/{end}"]')
    truth.print_scenario((work / "scenario.toml").read_text())


if __name__ == "__main__":
    main()
