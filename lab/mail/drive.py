#!/usr/bin/env python3
"""Sends what schedule.py says: drive.py SCENARIO WORK_DIR.

Writes WORK_DIR/truth.tsv, a row for each recipient of each attempt."""
import email.utils
import pathlib
import smtplib
import socket
import subprocess
import sys
import time

import schedule
import truth


class Driver:
    def __init__(self, work):
        self.exim = str(work / "exim/usr/sbin/exim4")
        self.rows = []

    def note(self, number, start, mail, recipient, outcome, code):
        is_exim = mail.address == schedule.SENDER
        self.rows.append(truth.MailRow(
            f"e{number:04d}", start, truth.utc_now(), "Sender" if is_exim else "Outside",
            "mail1" if is_exim else "client", mail.address, mail.cause,
            schedule.message_id(number), mail.envelope_from, recipient, outcome, code))

    def text(self, number, mail):
        return schedule.text(number, mail, email.utils.formatdate())

    def send_through_exim(self, number, mail):
        """Exim delivers in the foreground; how it ended is what the schedule says, and check.py
        sees whether logs, mailboxes and capture agree."""
        start = truth.utc_now()
        subprocess.run([self.exim, "-odf", "-oi", "-f", mail.envelope_from, *mail.recipients],
                       input=self.text(number, mail), text=True, check=True, timeout=60)
        for recipient, (outcome, code) in mail.recipients.items():
            self.note(number, start, mail, recipient, outcome, code)

    def send_straight(self, number, mail):
        """One SMTP session; the outcome is what the server answered."""
        start = truth.utc_now()
        with smtplib.SMTP(timeout=30) as link:
            link.sock = socket.create_connection((mail.server, 25), 30, (mail.address, 0))
            if mail.is_early:
                # postscreen drops what came before its greeting.
                link.sock.sendall(b"EHLO early\r\n")
            link.getreply()
            if mail.leaves_after == "CONNECT":
                link.close()
                self.note(number, start, mail, "-", "left", "-")
                return
            link.ehlo(mail.helo)
            link.mail(mail.envelope_from)
            for recipient in mail.recipients:
                code, _ = link.rcpt(recipient)
                if mail.leaves_after == "DATA":
                    link.docmd("DATA")
                    link.send(self.text(number, mail).encode())
                if mail.leaves_after:
                    link.close()
                    self.note(number, start, mail, recipient, "left", "-")
                    return
                if code == 250:
                    code, _ = link.data(self.text(number, mail))
                outcome = {2: "accepted", 4: "deferred", 5: "rejected"}[code // 100]
                if mail.recipients[recipient] != (outcome, str(code)):
                    sys.exit(f"lab: {mail.cause} ended with {code}, not as the schedule has it")
                self.note(number, start, mail, recipient, outcome, str(code))

    def lift_greylist(self, number, mail):
        pathlib.Path("/etc/postfix/greylist").write_text("")
        subprocess.run(["postfix", "reload"], check=True, capture_output=True)
        time.sleep(1)
        start = truth.utc_now()
        subprocess.run([self.exim, "-qff"], check=True, timeout=60)
        for recipient in mail.recipients:
            self.note(number, start, mail, recipient, "accepted", "250")

    def play(self):
        for number, mail in enumerate(schedule.MAILS, 1):
            is_exim = mail.address == schedule.SENDER
            (self.send_through_exim if is_exim else self.send_straight)(number, mail)
            if mail.then == "lift-greylist":
                self.lift_greylist(number, mail)
            time.sleep(0.2)


def main():
    work = pathlib.Path(sys.argv[2])
    driver = Driver(work)
    driver.play()
    truth.write_rows(work / "truth.tsv", driver.rows)


if __name__ == "__main__":
    main()
