#!/usr/bin/env python3
"""Keeps what arrives at a UDP port of 127.0.0.1, one message behind the other, until it is told
to stop: receive.py PORT FILE. This is how collectors keep NetFlow and IPFIX as received."""
import signal
import socket
import sys


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link,
          open(sys.argv[2], "wb", buffering=0) as out):
        link.bind(("127.0.0.1", int(sys.argv[1])))
        while True:
            out.write(link.recv(65535))


if __name__ == "__main__":
    main()
