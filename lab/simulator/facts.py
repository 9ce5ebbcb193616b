#!/usr/bin/env python3
"""Writes OUT_DIR/records/upstream.tsv and prints truth.toml: facts.py WORK_DIR OUT_DIR."""
import pathlib
import re
import sys

import schedule
import truth

VERSIONS = {"named": ("named", "-v"), "unbound": ("unbound", "-V"), "kresd": ("kresd", "--version"),
            "pdns_recursor": ("dpkg-query", "-W", "pdns-recursor")}
LINE = re.compile(r"(\S+) client @\S+ ([0-9.]+)#\d+ \(\S+\): "
                  r"query: (\S+) IN (\S+) .*\(([0-9.]+)\)$")


def main():
    work, folder = (pathlib.Path(argument) for argument in sys.argv[1:])
    start = float((work / "start").read_text())
    resolvers = {f"192.0.2.{last}": name for name, last in schedule.RESOLVERS.items()}
    upstream, others = [], dict.fromkeys(schedule.RESOLVERS, 0)
    for line in (work / "authoritative" / "query.log").read_text().splitlines():
        parts = LINE.match(line)
        if parts is None or parts[2] not in resolvers:
            continue
        at = round((truth.instant(parts[1]).timestamp() - start) * 1000)
        name = parts[3].lower().removesuffix(".sender.example")
        is_asked = re.fullmatch(r"[a-z]+[0-9]", name) and not name.startswith("ns")
        if at >= 0 and is_asked and parts[4] == "A":
            server = schedule.SERVERS.index(parts[5]) + 1
            upstream.append((resolvers[parts[2]], at, name, server))
        elif at >= 0:
            others[resolvers[parts[2]]] += 1
    order = list(schedule.RESOLVERS)
    upstream.sort(key=lambda row: (order.index(row[0]), row[1]))
    with open(folder / "records" / "upstream.tsv", "w", encoding="ascii") as out:
        out.write("resolver\ttime_ms\tname\tserver\n")
        out.writelines(f"{name}\t{at}\t{qname}\t{server}\n" for name, at, qname, server in upstream)
    print("# Written by lab/run. Times of the rows are milliseconds from the start.")
    print(f'run = "simulator"\nstart_epoch_ms = {start * 1000:.0f}\n\n[versions]')
    for name, command in VERSIONS.items():
        print(f"{name} = {truth.quoted(truth.first_line(*command))}")
    print("\n# What the hosts were answered: NOERROR, NXDOMAIN, SERVFAIL.\n[answers]")
    for line in (work / "answers.tsv").read_text().splitlines():
        name, *counts = line.split("\t")
        print(f"{name} = [{', '.join(counts)}]")
    print("\n# Queries for other names or types, which upstream.tsv leaves out.\n[others]")
    for name, count in others.items():
        print(f"{name} = {count}")
    print(f'\n[[records]]\nfile = "records/upstream.tsv"\nlines = {len(upstream) + 1}')
    truth.print_scenario((work / "scenario.toml").read_text())


if __name__ == "__main__":
    main()
