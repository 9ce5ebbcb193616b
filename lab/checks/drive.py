#!/usr/bin/env python3
"""Sends what schedule.py says and gives Postfix mail to send: drive.py SCENARIO WORK_DIR.

Writes WORK_DIR/truth.tsv, a row for each message, and `start`."""
import email.utils
import pathlib
import re
import smtplib
import socket
import subprocess
import sys
import time
import tomllib

import configure
import schedule


class Driver:
    def __init__(self, work, start):
        self.work, self.start, self.rows = work, start, []

    def since(self):
        return f"{(time.time() - self.start) * 1000:.0f}"

    def send(self, number, mail):
        text = schedule.text(number, mail, email.utils.formatdate()).replace("\n", "\r\n")
        if mail.is_signed:
            text = configure.signed(text, "sender.example", "news", self.work / "dkim.key")
        address = schedule.CLIENTS[mail.client]
        connects = self.since()
        with smtplib.SMTP(local_hostname=schedule.HELO, timeout=60) as link:
            link.sock = socket.create_connection((schedule.SETUPS[mail.setup], 25), 60,
                                                 (address, 0))
            link.getreply()
            link.ehlo(schedule.HELO)
            link.mail("news@sender.example")
            code, _ = link.rcpt(schedule.CLERK)
            hands_over = self.since()
            if code == 250:
                code, _ = link.data(text)
        self.rows.append((number, mail.setup, mail.client, "signed" if mail.is_signed else "plain",
                          connects, hands_over, self.since(), code))

    def submit(self, recipient):
        subprocess.run(["sendmail", "-f", schedule.CLERK, recipient], check=True, text=True,
                       input=f"From: {schedule.CLERK}\nTo: {recipient}\nSubject: hello\n\nhello\n")
        return self.since()

    def wait_for_scans(self):
        """Message to when SpamAssassin began and ended with it; scan.sh notes both."""
        wanted = sum(row[1] == "spamassassin" and row[-1] == 250 for row in self.rows)
        scans = {}
        for _ in range(300):
            path = self.work / "scans" / "scans.tsv"
            for line in path.read_text().splitlines() if path.exists() else []:
                begins, ends, identity = line.split("\t")
                number = int(re.search(r"<lab\.(\d+)@", identity)[1])
                scans[number] = tuple(f"{(float(at) - self.start) * 1000:.0f}"
                                      for at in (begins, ends))
            if len(scans) == wanted:
                return scans
            time.sleep(0.1)
        sys.exit(f"lab: SpamAssassin scanned {len(scans)} of {wanted} messages")

    def play(self, scenario):
        sent = [("sent", self.submit("friend@sender.example")),
                ("deferred", self.submit("later@later.example"))]
        for number, mail in enumerate(schedule.build(scenario), 1):
            time.sleep(max(0.0, self.start + mail.at - time.time()))
            self.send(number, mail)
        time.sleep(max(0.0, self.start + scenario["duration"] - time.time()))
        scans = self.wait_for_scans()
        with open(self.work / "truth.tsv", "w", encoding="ascii") as out:
            out.write("message\tsetup\tclient\tform\tconnects_ms\thands_over_ms\tends_ms\tcode\t"
                      "scan_starts_ms\tscan_ends_ms\n")
            for row in self.rows:
                out.write("\t".join(map(str, row + scans.get(row[0], ("-", "-")))) + "\n")
            for name, at in sent:
                out.write(f"{name}\tsubmission\t-\tplain\t{at}\t{at}\t{at}\t-\t-\t-\n")


def main():
    scenario = tomllib.loads(pathlib.Path(sys.argv[1]).read_text())
    work = pathlib.Path(sys.argv[2])
    start = time.time()
    (work / "start").write_text(f"{start:.6f}")
    Driver(work, start).play(scenario)


if __name__ == "__main__":
    main()
