#!/usr/bin/env python3
"""Writes OUT_DIR/records/asked.tsv and prints truth.toml: facts.py WORK_DIR OUT_DIR."""
import collections
import pathlib
import re
import subprocess
import sys

import schedule
import truth

VERSIONS = {"postfix": ("postconf", "-d", "mail_version"), "rspamd": ("rspamd", "--version"),
            "spamassassin": ("spamassassin", "--version"), "unbound": ("unbound", "-V"),
            "named": ("named", "-v"), "cron": ("dpkg-query", "-W", "cron")}
TYPES = {1: "A", 2: "NS", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA"}
KEPT = ("sender.example", "later.example", "shop.example", "jobs.example",
        "100.51.198.in-addr.arpa", "113.0.203.in-addr.arpa", "hub.example")
# What Rspamd asks lists for by itself.
PROBE = re.compile(r"(1\.0\.0\.)?127\.|[^.]*[A-Z_][^.]*\.")


def queries(path):
    done = subprocess.run(
        ["tshark", "-n", "-r", path, "-Y", "dns.flags.response==0", "-T", "fields",
         "-e", "frame.time_epoch", "-e", "ip.src", "-e", "ip.dst", "-e", "dns.qry.name",
         "-e", "dns.qry.type"], capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        at, source, destination, name, qtype = line.split("\t")
        yield float(at), source, destination, name, TYPES.get(int(qtype), qtype)


class Lists:
    """Lists by number: who keeps them is nothing that this is about."""

    def __init__(self, zones):
        self.by_zone = {zone: f"list{number:02d}.example" for number, zone in enumerate(zones, 1)}

    def neutral(self, name):
        """The name with its list's number, and whether it is below a list."""
        labels = name.split(".")
        for i in range(1, len(labels)):
            zone = self.by_zone.get(".".join(labels[i:]).lower())
            if zone:
                return ".".join(labels[:i] + [zone]), True
        return name, False


def is_kept(name):
    return any(name == zone or name.endswith("." + zone) for zone in KEPT)


def windows(rows):
    """(begin, end, message, program) in milliseconds; those of SpamAssassin come after the mail."""
    for row in rows:
        if row.message.isdigit():
            yield int(row.connects_ms) - 5, int(row.ends_ms) + 5, row.message, "postfix rspamd"
            if row.scan_starts_ms != "-":
                yield (int(row.scan_starts_ms), int(row.scan_ends_ms), row.message,
                       "spamassassin")


def message_of(at, name, program, found, sent_until):
    if name.endswith("jobs.example"):
        return "-"
    if name.endswith("later.example"):
        return "deferred"
    for begin, end, message, programs in found:
        if begin <= at <= end and (program == "resolver" or program in programs):
            return message
    return "sent" if 0 <= at <= sent_until and program in ("postfix", "resolver") else "-"


def asked(work, rows):
    start = float((work / "start").read_text())
    programs = {address: name for name, address in schedule.RESOLVER.items()}
    lists = Lists((work / "lists").read_text().split())
    found = list(windows(rows))
    sent_until = min(int(row.connects_ms) for row in rows if row.message.isdigit())
    left_out = collections.Counter()
    out = []
    for epoch, source, destination, name, qtype in queries(str(work / "dns.pcap")):
        at = round((epoch - start) * 1000)
        program = programs.get(destination, "resolver")
        probe = PROBE.match(name)
        name, is_listed = lists.neutral(name)
        if not (is_listed or is_kept(name)):
            left_out[program] += 1
            continue
        message = "probe" if probe and is_listed else message_of(at, name, program, found,
                                                                 sent_until)
        if message == "probe":
            name = "probe." + name.split(".", name.count(".") - 1)[-1]
        out.append((at, program, message, qtype, name))
    return start, out, left_out, len(lists.by_zone)


def main():
    work, folder = (pathlib.Path(argument) for argument in sys.argv[1:])
    rows = truth.read_rows(folder / "truth.tsv")
    start, out, left_out, lists = asked(work, rows)
    with open(folder / "records" / "asked.tsv", "w", encoding="ascii") as file:
        file.write("time_ms\tprogram\tmessage\tqtype\tqname\n")
        file.writelines("\t".join(map(str, row)) + "\n" for row in out)
    print("# Written by lab/run. Times of the rows are milliseconds from the start.")
    print(f'run = "checks"\nstart_epoch_ms = {start * 1000:.0f}')
    print(f"lists = {lists}  # zones of lists that the packages name, and two of Postfix\n")
    print("[versions]")
    for name, command in VERSIONS.items():
        print(f"{name} = {truth.quoted(truth.first_line(*command))}")
    print("\n# Questions for names above the zones and of programs' own start.\n[left_out]")
    for name, count in sorted(left_out.items()):
        print(f"{name} = {count}")
    for path in sorted(folder.glob("records/*")):
        print(f"\n[[records]]\nfile = {truth.quoted(str(path.relative_to(folder)))}")
        truth.print_size(path)
    truth.print_scenario((work / "scenario.toml").read_text())


if __name__ == "__main__":
    main()
