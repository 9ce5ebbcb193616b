#!/usr/bin/env python3
"""Plays the scenario against the running servers: drive.py SCENARIO WORK_DIR.

Writes WORK_DIR/truth.tsv, one row for each question that a host asked and for each change of
a server's state. Runs inside the lab's private network only."""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import threading
import time
import tomllib

import schedule
import truth

NAMESERVERS = ("ns1", "ns2", "ns3")


class Driver:
    def __init__(self, scenario, work):
        self.work = work
        self.scenario = scenario
        self.rows = []
        self.rows_lock = threading.Lock()
        self.start = time.monotonic()

    def note(self, number, start, event, qname, qtype, outcome):
        with self.rows_lock:
            self.rows.append(truth.Row(
                f"e{number:04d}", start, truth.utc_now(), event.party, event.host, event.address,
                event.cause, qname, qtype, outcome))

    def wait_until(self, at):
        time.sleep(max(0.0, self.start + at - time.monotonic()))

    def run(self, *command, stdin=None):
        return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=30)

    # -- questions ---------------------------------------------------------------------------

    def ask_with_dig(self, event, qname, qtype):
        done = self.run("dig", f"@{event.server}", "-b", event.address, "+tries=2", "+time=4",
                        "+noall", "+comments", "+answer", "-t", qtype, "-q", qname)
        status = re.search(r"status: (\w+)", done.stdout)
        if status is None:
            return "refused" if "Transfer failed" in done.stdout else "no-answer"
        count = re.search(r"ANSWER: (\d+)", done.stdout)
        if status[1] == "NOERROR" and count and count[1] == "0":
            return "NODATA"
        return status[1]

    def ask_with_stub(self, qname):
        """The C library's own resolver: it adds the suffixes when the bare name fails."""
        done = self.run("getent", "ahostsv4", qname)
        return "NOERROR" if done.returncode == 0 else "not-found"

    def ask(self, number, event):
        for index, (qname, qtype) in enumerate(event.steps):
            if index and event.pause:
                time.sleep(event.pause)
            start = truth.utc_now()
            if event.tool == "getent":
                outcome = self.ask_with_stub(qname)
            else:
                outcome = self.ask_with_dig(event, qname, qtype)
            self.note(number, start, event, qname, qtype, outcome)
            if event.stop_on_failure and outcome != "NOERROR":
                return

    # -- changes of state --------------------------------------------------------------------

    def rndc(self, name, *words):
        self.run("rndc", "-c", str(self.work / name / "rndc.conf"), *words).check_returncode()

    def lose_answers(self, address, begin):
        """Packets from the address go nowhere: the server hears, logs, and is not heard."""
        verb = "add" if begin else "del"
        self.run("ip", "rule", verb, "pref", "5", "from", address, "blackhole").check_returncode()

    def stop_server(self, name, begin):
        if begin:
            self.rndc(name, "stop")
            return
        command = str(pathlib.Path(__file__).with_name("start-named.sh"))
        self.run(command, str(self.work), name).check_returncode()

    def set_query_log(self, on):
        for name in NAMESERVERS:
            self.rndc(name, "querylog", "on" if on else "off")

    def remove_record(self):
        self.run("nsupdate", stdin="local 127.0.20.99\nserver 127.0.20.1 53\n"
                 f"update delete {schedule.MAIL1} A\nsend\n").check_returncode()

    def set_state(self, event, begin):
        if event.cause == "answers-lost":
            self.lose_answers(event.address, begin)
        elif event.cause == "server-stopped":
            self.stop_server(event.host, begin)
        elif event.cause == "query-log-off":
            self.set_query_log(on=not begin)
        elif event.cause == "record-removed":
            self.remove_record()

    def change(self, number, event):
        start = truth.utc_now()
        self.set_state(event, begin=True)
        if event.until:
            self.wait_until(event.until)
            self.set_state(event, begin=False)
        self.note(number, start, event, "-", "-", "done")

    # -- the whole -----------------------------------------------------------------------------

    def play(self, events):
        with concurrent.futures.ThreadPoolExecutor(max_workers=32) as pool:
            pending = []
            for number, event in enumerate(events, 1):
                self.wait_until(event.at)
                task = self.change if event.tool == "state" else self.ask
                pending.append(pool.submit(task, number, event))
            for task in pending:
                task.result()


def main():
    os.environ.update(LC_ALL="C", TZ="UTC")
    scenario = tomllib.loads(pathlib.Path(sys.argv[1]).read_text())
    driver = Driver(scenario, pathlib.Path(sys.argv[2]))
    driver.play(schedule.build(scenario))
    truth.write_rows(driver.work / "truth.tsv", driver.rows)


if __name__ == "__main__":
    main()
