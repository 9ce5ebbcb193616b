#!/usr/bin/env python3
"""Prints truth.toml: facts.py SCENARIO RECORDS_DIR COVERAGE.

COVERAGE has a line for each file: its stem, then start and end of its recording."""
import collections
import pathlib
import shutil
import subprocess
import sys

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


def first_line(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    return (done.stdout or done.stderr).splitlines()[0].strip()


def packets(path):
    done = subprocess.run(["tcpdump", "-n", "-q", "-r", str(path)], capture_output=True, text=True)
    return len(done.stdout.splitlines())


def tshark_counts(path):
    """DNS messages and queries; None without tshark, which the lab does not need."""
    if shutil.which("tshark") is None:
        return None
    done = subprocess.run(
        ["tshark", "-n", "-r", str(path), "-Y", "dns", "-T", "fields", "-E", "occurrence=a",
         "-e", "dns.flags.response"], capture_output=True, text=True, check=True)
    flags = [flag for line in done.stdout.splitlines() for flag in line.split(",")]
    return len(flags), sum(flag in ("0", "False") for flag in flags)


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def print_versions():
    print("[versions]")
    print("named =", quoted(first_line("named", "-v")))
    print("unbound =", quoted("Unbound " + first_line("unbound", "-V")))
    print("dig =", quoted(first_line("dig", "-v")))
    print("tcpdump =", quoted(first_line("tcpdump", "--version")))
    print("stub =", quoted(first_line("getent", "--version")))


def pauses(path, truth):
    """When the file recorded nothing although somebody may have asked."""
    server = path.name.split(".")[0]
    if not path.name.endswith(".query.log"):
        return []
    return sorted((row[1], row[2]) for row in truth
                  if row[6] == "query-log-off" or (row[6], row[4]) == ("server-stopped", server))


def print_coverage(path, recorded, truth):
    start, end = recorded
    parts = []
    for pause_start, pause_end in pauses(path, truth):
        parts.append(f"{start}/{pause_start}")
        start = pause_end
    parts.append(f"{start}/{end}")
    print("covers = [" + ",\n          ".join(quoted(part) for part in parts) + "]")


def print_records(folder, coverage, truth):
    for path in sorted(folder.glob("*/*")):
        print(f"\n[[records]]\nfile = {quoted(str(path.relative_to(folder)))}")
        if path.suffix == ".pcap":
            print(f"packets = {packets(path)}")
            counts = tshark_counts(path)
            if counts:
                print(f"dns_messages = {counts[0]}  # by tshark\ndns_queries = {counts[1]}")
        else:
            print(f"lines = {len(path.read_bytes().splitlines())}")
        print_coverage(path, coverage[path.stem], truth)


def print_questions(truth):
    print("\n# Questions that hosts asked (rows of truth.tsv), by party and cause.")
    print("[questions]")
    counts = collections.Counter((row[3], row[6]) for row in truth if row[7] != "-")
    for (party, cause), count in sorted(counts.items()):
        print(f"{quoted(party + '/' + cause)} = {count}")


def print_scenario(text):
    print("\n# The scenario, as it was played.\n[scenario]")
    for line in text.splitlines():
        if line.startswith("["):
            print(f"\n[scenario.{line[1:]}")
        elif line and not line.startswith("#"):
            print(line)


def main():
    scenario, folder, coverage = (pathlib.Path(argument) for argument in sys.argv[1:])
    truth = [line.split("\t") for line in (folder / "truth.tsv").read_text().splitlines()[1:]]
    recorded = {stem: (start, end) for stem, start, end in
                (line.split("\t") for line in coverage.read_text().splitlines())}
    print("# Written by lab/run. Counts are of the uncompressed files; times are UTC.")
    print('regenerate = "lab/run OUT_DIR"')
    print(f"time_first = {quoted(truth[0][1])}")
    print(f"time_last = {quoted(max(row[2] for row in truth))}\n")
    print_versions()
    print("\n" + PARTIES, end="")
    print_records(folder, recorded, truth)
    print_questions(truth)
    print_scenario(scenario.read_text())


if __name__ == "__main__":
    main()
