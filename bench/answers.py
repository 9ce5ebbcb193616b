"""Brings two programs' answers into one spelling and compares them by digest."""

import csv
import hashlib
import os
import subprocess
from dataclasses import dataclass
from datetime import datetime, timezone

TYPES = {"1": "A", "12": "PTR", "15": "MX", "16": "TXT", "28": "AAAA", "65": "HTTPS"}


@dataclass(frozen=True)
class Digest:
    rows: int
    sha256: str


def sorted_digest(path):
    """Of the file's lines, whatever their order."""
    environment = dict(os.environ, LC_ALL="C")
    sort = subprocess.Popen(["sort", "-S", "512M", path], stdout=subprocess.PIPE, env=environment)
    digest, rows = hashlib.sha256(), 0
    while block := sort.stdout.read(1 << 20):
        digest.update(block)
        rows += block.count(b"\n")
    if sort.wait() != 0:
        raise RuntimeError(f"sort failed on {path}")
    return Digest(rows, digest.hexdigest())


def drop_header(path, into, header):
    """Copies a file without its first line, which must be `header` when it is given."""
    with open(path, "rb") as source, open(into, "wb") as out:
        first = source.readline().decode().strip()
        if first != header:
            raise ValueError(f"{path}: expected the header {header!r}, found {first!r}")
        while block := source.read(1 << 20):
            out.write(block)


def name(text):
    return text.rstrip(".").lower()


QUERY_FLAGS = ("rd", "cd", "do", "edns")
ANSWER_FLAGS = ("aa", "tc", "ra", "ad")


def packetq_messages(path, into):
    """PacketQ prints one row a message: q(uery) or a(nswer), time, client, port, server, id, ..."""
    with open(path, newline="") as source, open(into, "w") as out:
        for row in csv.DictReader(source):
            row["edns"] = row["edns0"]
            time_us = int(row["s"]) * 1_000_000 + int(row["us"])
            is_answer = row["qr"] == "1"
            client, port, server = ((row["dst_addr"], row["dst_port"], row["src_addr"])
                                    if is_answer else
                                    (row["src_addr"], row["src_port"], row["dst_addr"]))
            question = f"{name(row['qname'])},{TYPES[row['qtype']]},{row['qclass']}"
            flags = " ".join(f for f in (ANSWER_FLAGS if is_answer else QUERY_FLAGS)
                             if row[f] == "1")
            result = f"{row['rcode']},{row['attl']}" if is_answer else ","
            out.write(f"{'a' if is_answer else 'q'},{time_us},{client},{port},{server},"
                      f"{row['protocol']},{row['msg_id']},{question},{flags},{result}\n")


CLASSES = {"IN": "1", "CH": "3"}
RCODES = {"NOERROR": "0", "FORMERR": "1", "SERVFAIL": "2", "NXDOMAIN": "3", "REFUSED": "5"}


def microseconds(text):
    """RFC 3339 in UTC with up to six decimals, or microseconds since 1970, as an integer."""
    if text.lstrip("-").isdigit():
        return int(text)
    whole, _, fraction = text.rstrip("Z").partition(".")
    moment = datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return int(moment.timestamp()) * 1_000_000 + int(fraction.ljust(6, "0"))


def exported_messages(path, into):
    """assay exports one row a look-up; both of its messages are spelled out again from it."""
    with open(path, newline="") as source, open(into, "w") as out:
        for row in csv.DictReader(source):
            begin = microseconds(row["time"])
            flags = row["flags"].split()
            protocol = "6" if "tcp" in flags else "17"
            head = f"{row['client']},{row['client_port']},{row['server']},{protocol},"
            question = (f"{row['id'] or 0},{name(row['qname'])},{row['qtype']},"
                        f"{CLASSES[row['qclass']]}")
            if "query" in flags:
                shown = " ".join(f for f in QUERY_FLAGS if f in flags)
                out.write(f"q,{begin},{head}{question},{shown},,\n")
            if "answer" in flags:
                end = begin + int(row["delay_us"] or 0)
                shown = " ".join(f for f in ANSWER_FLAGS if f in flags)
                out.write(f"a,{end},{head}{question},{shown},{RCODES[row['rcode']]},"
                          f"{row['ttl'] or 0}\n")
