#!/usr/bin/env python3
"""Checks a folder of records against its truth.toml and truth.tsv: check.py OUT_DIR.

Reads the files by its own few lines, apart from assay, so that the two can be compared."""
import collections
import datetime
import gzip
import pathlib
import re
import struct
import sys
import tomllib
import zoneinfo

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
UTC = datetime.timezone.utc
QUERY = re.compile(r"\] unbound\[\S+ query: (\S+) (\S+)\. (\S+) IN$")


def read(folder, name):
    plain = folder / name
    return plain.read_bytes() if plain.exists() else gzip.decompress(
        (folder / (name + ".gz")).read_bytes())


def pcap_packets(data):
    order = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    at, count = 24, 0
    while at < len(data):
        at += 16 + struct.unpack_from(order + "I", data, at + 8)[0]
        count += 1
    return count if at == len(data) else -1


def stamp(line, zone):
    if line[4] == "-":
        return datetime.datetime.fromisoformat(line.split()[0].replace("Z", "+00:00"))
    day, month, year, hour, minute, second, milli = re.match(
        r"(\d+)-(\w+)-(\d+) (\d+):(\d+):(\d+)\.(\d+)", line).groups()
    return datetime.datetime(int(year), MONTHS.index(month) + 1, int(day), int(hour),
                             int(minute), int(second), int(milli) * 1000, tzinfo=zone)


def is_covered(when, covers):
    # BIND stamps from a coarse clock, a few milliseconds late.
    slack = datetime.timedelta(milliseconds=20)
    for interval in covers:
        start, end = (datetime.datetime.fromisoformat(part.replace("Z", "+00:00"))
                      for part in interval.split("/"))
        if start - slack <= when <= end + slack:
            return True
    return False


def check_record(folder, facts, record, complain):
    name = record["file"]
    data = read(folder, name)
    if name.endswith(".pcap"):
        if pcap_packets(data) != record["packets"]:
            complain(f"{name}: {pcap_packets(data)} packets, stated {record['packets']}")
        return
    lines = data.decode("ascii").splitlines()
    if len(lines) != record["lines"]:
        complain(f"{name}: {len(lines)} lines, stated {record['lines']}")
    if not name.startswith("records/"):
        return
    zone = UTC
    if "/ns2." in name:
        zone = zoneinfo.ZoneInfo(facts["scenario"]["clock"]["ns2_zone"])
    for number, line in enumerate(lines, 1):
        if not is_covered(stamp(line, zone), record["covers"]):
            complain(f"{name}:{number}: outside the stated coverage")


def check_truth(folder, facts, complain):
    rows = [line.split("\t") for line in (folder / "truth.tsv").read_text().splitlines()[1:]]
    counts = collections.Counter(f"{row[3]}/{row[6]}" for row in rows if row[7] != "-")
    if dict(counts) != facts["questions"]:
        complain("truth.tsv: the questions are not those counted in truth.toml")
    # What the driver says that it asked must be what the resolvers say that they were asked.
    for party in ("bank", "clinic"):
        log = read(folder, f"missing/{party}-resolver.log").decode("ascii")
        heard = collections.Counter(found.groups() for found in map(QUERY.search, log.splitlines())
                                    if found)
        asked = collections.Counter((row[5], row[7], row[8]) for row in rows
                                    if row[3].lower() == party)
        for key in asked - heard:
            complain(f"{party}-resolver.log: not asked as often as truth.tsv says: {key}")
        # A stub asks again when the resolver is slow, so more of the same is no contradiction.
        for host, name, _ in heard.keys() - asked.keys():
            # The start-up check and the names that the stub made are the only other ones.
            if name != "localhost" and not name.endswith(".corp.bank.example"):
                complain(f"{party}-resolver.log: truth.tsv lacks {host} {name}")


def main():
    folder = pathlib.Path(sys.argv[1])
    facts = tomllib.loads((folder / "truth.toml").read_text())
    complaints = []
    stated = {record["file"] for record in facts["records"]}
    present = {str(path.relative_to(folder)).removesuffix(".gz") for path in folder.glob("*/*")}
    for name in sorted(stated ^ present):
        complaints.append(f"{name}: {'missing' if name in stated else 'not stated'}")
    for record in facts["records"]:
        if record["file"] in present:
            check_record(folder, facts, record, complaints.append)
    check_truth(folder, facts, complaints.append)
    for complaint in complaints:
        print("lab:", complaint, file=sys.stderr)
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
