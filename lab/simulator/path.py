#!/usr/bin/env python3
"""The network between resolvers and authoritative servers: path.py WORK_DIR, as root.

A tun device here, one in a network namespace of its own where the authoritative BIND runs, and
between them round trips and losses as the scenario says. (The kernel's own means, tc netem, is
not everywhere.) Answers are delayed or lost, questions never: the servers log all of them."""
import ctypes
import fcntl
import heapq
import os
import pathlib
import select
import socket
import struct
import subprocess
import sys
import time
import tomllib

import schedule

CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000


def tun(name, *routes):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    for words in (f"link set {name} up", *routes):
        subprocess.run(["ip", *words.split()], check=True)
    return device


def packets(device):
    while True:
        try:
            yield os.read(device, 65535)
        except BlockingIOError:
            return


class Loss:
    def __init__(self, scenario, work):
        self.windows = scenario["answers_lost"]
        self.start_file = work / "start"
        self.start = None

    def takes(self, server):
        if self.start is None and self.start_file.exists():
            self.start = float(self.start_file.read_text() or 0) or None
        if self.start is None:
            return False
        at = time.time() - self.start
        return any(which == server and begin <= at < end for which, begin, end in self.windows)


def relay(near, far, scenario, work):
    servers = {socket.inet_aton(address): i for i, address in enumerate(schedule.SERVERS)}
    loss, waiting = Loss(scenario, work), []
    while True:
        timeout = max(0, waiting[0][0] - time.monotonic()) if waiting else 1
        select.select([near, far], [], [], timeout)
        for packet in packets(near):
            os.write(far, packet)
        for packet in packets(far):
            server = servers.get(packet[12:16])
            if server is not None and not loss.takes(server):
                due = time.monotonic() + scenario["round_trip_ms"][server] / 1000
                heapq.heappush(waiting, (due, packet))
        while waiting and waiting[0][0] <= time.monotonic():
            os.write(near, heapq.heappop(waiting)[1])


def main():
    work = pathlib.Path(sys.argv[1])
    scenario = tomllib.loads((work / "scenario.toml").read_text())
    near = tun("near", "route add 203.0.113.0/24 dev near")
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        sys.exit(f"path: {os.strerror(ctypes.get_errno())}")
    addresses = [f"address add {address}/32 dev lo" for address in schedule.SERVERS]
    far = tun("far", "link set lo up", *addresses, "route add 192.0.2.0/24 dev far")
    folder = work / "authoritative"
    with open(folder / "stderr", "ab") as log:
        subprocess.Popen([work / "bin" / "named", "-f", "-n", "1", "-c", folder / "named.conf"],
                         stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    relay(near, far, scenario, work)


if __name__ == "__main__":
    main()
