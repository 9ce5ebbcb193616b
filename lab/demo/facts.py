#!/usr/bin/env python3
"""Prints truth.toml: facts.py SCENARIO RECORDS_DIR COVERAGE."""
import collections
import pathlib
import sys

import truth

PARTIES = """\
[[parties]]
name = "Bank"
resolver = ["127.0.10.1", "127.0.10.2"]  # one cache, asks from both
inside = "127.0.11.0/24"
names = ["bank.example"]

[[parties]]
name = "Clinic"
resolver = ["127.0.30.1"]
inside = "127.0.31.0/24"
names = ["clinic.example"]

[[parties]]
name = "Sender"
servers = ["127.0.20.1", "127.0.20.2", "127.0.20.3"]  # ns1, ns2, ns3
operator = "127.0.20.99"
mail_host = "203.0.113.25"
names = ["sender.example"]

[[parties]]
name = "Outside"
inside = "127.0.40.0/24"
"""


def versions():
    return {"named": truth.first_line("named", "-v"),
            "unbound": "Unbound " + truth.first_line("unbound", "-V"),
            "dig": truth.first_line("dig", "-v"),
            "tcpdump": truth.first_line("tcpdump", "--version"),
            "stub": truth.first_line("getent", "--version")}


def pauses(path, rows):
    """When the file recorded nothing although somebody may have asked."""
    server = path.name.split(".")[0]
    if not path.name.endswith(".query.log"):
        return []
    return sorted((row.time_start, row.time_end) for row in rows if row.cause == "query-log-off"
                  or (row.cause, row.host) == ("server-stopped", server))


def print_coverage(path, recorded, rows):
    start, end = recorded
    parts = []
    for pause_start, pause_end in pauses(path, rows):
        parts.append(f"{start}/{pause_start}")
        start = pause_end
    parts.append(f"{start}/{end}")
    print("covers = [" + ",\n          ".join(truth.quoted(part) for part in parts) + "]")


def print_records(folder, coverage, rows):
    for path in sorted(folder.glob("*/*")):
        print(f"\n[[records]]\nfile = {truth.quoted(str(path.relative_to(folder)))}")
        truth.print_size(path)
        print_coverage(path, coverage[path.stem], rows)


def print_questions(rows):
    print("\n# Questions that hosts asked (rows of truth.tsv), by party and cause.")
    print("[questions]")
    counts = collections.Counter((row.party, row.cause) for row in rows if row.qname != "-")
    for (party, cause), count in sorted(counts.items()):
        print(f"{truth.quoted(party + '/' + cause)} = {count}")


def main():
    scenario, folder, coverage = (pathlib.Path(argument) for argument in sys.argv[1:])
    rows = truth.read_rows(folder / "truth.tsv")
    truth.print_head("demo", rows, versions())
    print("\n" + PARTIES, end="")
    print_records(folder, truth.read_coverage(coverage), rows)
    print_questions(rows)
    truth.print_scenario(scenario.read_text())


if __name__ == "__main__":
    main()
