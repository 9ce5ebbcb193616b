#!/usr/bin/env python3
"""Prints what Knot Resolver answers on its control socket: ask_knot.py CONTROL_DIR EXPRESSION."""
import pathlib
import re
import socket
import sys


def main():
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(5)
        link.connect(str(next(pathlib.Path(sys.argv[1]).iterdir())))
        link.sendall(sys.argv[2].encode() + b"\n")
        answer = b""
        # A prompt comes first, at times in a piece of its own.
        while not re.search(rb"\d", answer):
            answer += link.recv(99)
    print(re.search(rb"\d+", answer)[0].decode())


if __name__ == "__main__":
    main()
