#!/usr/bin/env python3
"""Checks a folder of records against its truth.toml and truth.tsv: check.py OUT_DIR [ASSAY].

Reads the files by its own few lines, apart from assay. With the program's path, assay reads the
records too, and what it reads must be what truth.tsv says."""
import importlib
import pathlib
import struct
import sys

import reading
import truth


def pcap_packets(data):
    order = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    at, count = 24, 0
    while at < len(data):
        at += 16 + struct.unpack_from(order + "I", data, at + 8)[0]
        count += 1
    return count if at == len(data) else -1


def check_size(folder, record, complain):
    name = record["file"]
    data = truth.read_record(folder, name)
    for unit, count in (("packets", pcap_packets), ("bytes", len),
                        ("lines", lambda data: len(data.splitlines()))):
        if unit in record and count(data) != record[unit]:
            complain(f"{name}: {count(data)} {unit}, stated {record[unit]}")


def main():
    folder = pathlib.Path(sys.argv[1])
    facts = truth.read_facts(folder)
    rows = truth.read_rows(folder / "truth.tsv")
    run = importlib.import_module(facts["run"] + ".check")
    complaints = []
    stated = {record["file"] for record in facts["records"]}
    present = {str(path.relative_to(folder)).removesuffix(".gz")
               for path in folder.glob("*/*")}
    for name in sorted(stated ^ present):
        complaints.append(f"{name}: {'missing' if name in stated else 'not stated'}")
    if stated == present:
        for record in facts["records"]:
            check_size(folder, record, complaints.append)
        run.check(folder, facts, rows, complaints.append)
        if len(sys.argv) > 2:
            with reading.Reading(sys.argv[2], folder, facts) as read:
                run.compare(read, facts, rows, complaints.append)
    for complaint in complaints:
        print("lab:", complaint, file=sys.stderr)
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
