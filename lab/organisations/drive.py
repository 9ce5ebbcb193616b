#!/usr/bin/env python3
"""Does what schedule.py says, one event after the other: drive.py SCENARIO WORK_DIR.

Writes WORK_DIR/truth.tsv, a row for each recipient of each event."""
import collections
import email.utils
import os
import pathlib
import subprocess
import sys
import time
import tomllib

import configure
import schedule
import truth

Row = collections.namedtuple("Row", truth.EVENT + (
    "message_id", "in_reply_to", "envelope_from", "recipient", "outcome", "code"))
HERE = pathlib.Path(__file__).resolve().parent
MAILBOXES = pathlib.Path("/var/mail")
LOGS = tuple(map(pathlib.Path, ("/var/log/mail.log", "/var/log/exim4/mainlog")))
PATIENCE_SECONDS = 30
NOBODY_UID = 65534
YEAR_SECONDS = 365 * 86400
SETTLE_SECONDS = 0.5  # goodbyes and log lines behind the delivery


def holds(address, words):
    """Whether the mailbox has the words: a message's id, also where a bounce quotes it."""
    name, domain = address.split("@")
    path = MAILBOXES / domain.split(".")[0] / name
    files = sorted(path.glob("new/*")) if path.is_dir() else [path]
    return any(words in file.read_bytes() for file in files if file.exists())


class Driver:
    def __init__(self, scenario, work):
        self.scenario, self.work = scenario, work
        self.exim = str(work / "exim/usr/sbin/exim4")
        self.rows, self.sent = [], {}

    def on(self, host, *command, given=""):
        done = subprocess.run(["ip", "netns", "exec", host, *map(str, command)], input=given,
                              text=True, capture_output=True, timeout=PATIENCE_SECONDS)
        if done.returncode:
            sys.exit(f"lab: {' '.join(map(str, command))} on {host}: {done.stderr}")
        return done.stdout

    def note(self, event, start, recipient, outcome, code):
        network, address = schedule.HOSTS[event.host]
        self.rows.append(Row(
            f"e{event.number:04d}", start, truth.utc_now(), schedule.PARTY[network], event.host,
            address, event.cause, event.message_id, self.sent.get(event.answers, "-"),
            event.writer or "-", recipient, outcome, code))

    def wait_for_delivery(self, event, addresses):
        words = event.message_id.encode()
        until = time.time() + PATIENCE_SECONDS
        while not all(holds(address, words) for address in addresses):
            if time.time() > until:
                for log in LOGS:
                    print("".join(log.read_text().splitlines(True)[-20:]), file=sys.stderr)
                sys.exit(f"lab: {event.cause} {event.message_id} did not arrive")
            time.sleep(0.1)
        time.sleep(SETTLE_SECONDS)

    def submit(self, event, text):
        """What a person's mail program does on the host; the mail server does the rest."""
        if event.host == "bank-mx":
            self.on(event.host, "sendmail", "-oi", "-f", event.writer, *event.recipients,
                    given=text)
        elif event.host == "sender-mail":
            self.on(event.host, self.exim, "-oi", "-odf", "-f",
                    event.writer, *event.recipients, given=text)
        elif event.cause == "bulk":
            text = configure.signed(text, "sender.example", "news", self.work / "news.key")
            self.on(event.host, HERE / "post.py", "mx1.bank.example", "news1.sender.example",
                    event.writer, *event.recipients, given=text)
        else:
            self.on(event.host, HERE / "post.py", schedule.HOSTS["bank-mx"][1],
                    "client.other.example", event.writer, *event.recipients, given=text)

    def send(self, event):
        start = truth.utc_now()
        text = schedule.text(event, email.utils.formatdate(), self.sent.get(event.answers))
        self.submit(event, text)
        self.sent[event.number] = event.message_id
        if event.cause == "refused":
            self.wait_for_delivery(event, [event.writer])  # the bounce quotes it
            self.note(event, start, event.recipients[0], "rejected", "550")
            return
        self.wait_for_delivery(event, [*event.recipients, schedule.ARCHIVE])
        for recipient in event.recipients:
            self.note(event, start, recipient, "accepted", "250")

    def rescan(self, event):
        start = truth.utc_now()
        self.on(event.host, HERE / "rescan.sh", self.work, MAILBOXES / "bank/archive",
                self.scenario["rescan_messages"])
        self.note(event, start, "-", "scanned", "-")

    def fill_archive(self):
        """Old newsletters, as Postfix would have left them; no log of this time knows of them."""
        folder = MAILBOXES / "bank/archive"
        for name in ("", "new", "cur", "tmp"):
            (folder / name).mkdir()
            os.chown(folder / name, NOBODY_UID, NOBODY_UID)
        for number in range(1, self.scenario["archive_before"] + 1):
            then = time.time() - YEAR_SECONDS + number * 86400
            text = schedule.old_newsletter(number, email.utils.formatdate(then))
            text = configure.signed(text, "sender.example", "news", self.work / "news.key")
            path = folder / f"new/{then:.0f}.V1I{number}M1.mx1.bank.example"
            path.write_text(schedule.trace(number, email.utils.formatdate(then))
                            + text.replace("\r\n", "\n"))
            os.chown(path, NOBODY_UID, NOBODY_UID)

    def play(self):
        self.fill_archive()
        until = time.time() + self.scenario["duration"]
        for event in schedule.build(self.scenario):
            if time.time() + event.pause > until:
                break
            time.sleep(event.pause)
            (self.rescan if event.cause == "rescan" else self.send)(event)

    def note_jobs(self):
        (self.work / "jobs.tsv.over").touch()  # what begins from now on is not done
        time.sleep(SETTLE_SECONDS)
        notes = self.work / "jobs.tsv"
        lines = notes.read_text().splitlines() if notes.exists() else []
        for number, line in enumerate(lines, 1):
            start, end = line.split("\t")
            self.rows.append(Row(f"j{number:04d}", start, end, "Bank", "bank-app",
                                 schedule.HOSTS["bank-app"][1], "job", "-", "-", "-", "-",
                                 "no-such-name", "-"))


def main():
    scenario = tomllib.loads(pathlib.Path(sys.argv[1]).read_text())
    work = pathlib.Path(sys.argv[2])
    driver = Driver(scenario, work)
    driver.play()
    driver.note_jobs()
    truth.write_rows(work / "truth.tsv", driver.rows)


if __name__ == "__main__":
    main()
