#!/usr/bin/env python3
"""Sends the message on standard input in one SMTP session: post.py SERVER HELO FROM RECIPIENT...

Prints the reply code of each recipient, or that behind the message."""
import smtplib
import sys


def main():
    server, helo, writer, *recipients = sys.argv[1:]
    text = sys.stdin.buffer.read()
    with smtplib.SMTP(server, 25, helo, timeout=60) as link:
        link.ehlo(helo)
        link.mail(writer)
        codes = [link.rcpt(recipient)[0] for recipient in recipients]
        if 250 in codes:
            end, _ = link.data(text)
            codes = [end if code == 250 else code for code in codes]
    print(*codes)


if __name__ == "__main__":
    main()
