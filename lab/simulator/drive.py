#!/usr/bin/env python3
"""Asks every resolver every question of the schedule at the same time: drive.py SCENARIO WORK_DIR.

Each question is one UDP message, never sent again. Writes WORK_DIR/truth.tsv (when each question
was really sent, in milliseconds from the start), `start` and `answers.tsv`."""
import collections
import pathlib
import random
import select
import socket
import struct
import sys
import threading
import time
import tomllib

import schedule

HOST = "198.51.100.21"
SOCKETS = 64  # a farm shares out questions by address and port


def message(name, identity):
    labels = (*name.split("."), "sender", "example")
    qname = b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"
    return struct.pack(">6H", identity, 0x0100, 1, 0, 0, 0) + qname + struct.pack(">2H", 1, 1)


def count_answers(sockets, counts, is_over):
    while not is_over.is_set():
        for each in select.select(sockets, [], [], 0.5)[0]:
            data, (address, _) = each.recvfrom(65535)
            counts[address, data[3] & 15] += 1


def main():
    scenario = tomllib.loads(pathlib.Path(sys.argv[1]).read_text())
    work = pathlib.Path(sys.argv[2])
    sockets = []
    for _ in range(SOCKETS):
        sockets.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        sockets[-1].bind((HOST, 0))
    counts, is_over = collections.Counter(), threading.Event()
    reader = threading.Thread(target=count_answers, args=(sockets, counts, is_over))
    reader.start()
    draw = random.Random(scenario["seed"])
    start = time.time()
    (work / "start").write_text(f"{start:.6f}")
    with open(work / "truth.tsv", "w", encoding="ascii") as out:
        out.write("time_ms\tname\n")
        for at, name in schedule.build(scenario):
            time.sleep(max(0.0, start + at - time.time()))
            query, link = message(name, draw.getrandbits(16)), draw.choice(sockets)
            out.write(f"{(time.time() - start) * 1000:.0f}\t{name}\n")
            for last in schedule.RESOLVERS.values():
                link.sendto(query, (f"192.0.2.{last}", 53))
    time.sleep(12)  # the last answers, or none
    is_over.set()
    reader.join()
    with open(work / "answers.tsv", "w", encoding="ascii") as out:
        for name, last in schedule.RESOLVERS.items():
            by_rcode = [counts[f"192.0.2.{last}", rcode] for rcode in (0, 3, 2)]
            out.write("\t".join([name, *map(str, by_rcode)]) + "\n")


if __name__ == "__main__":
    main()
