#!/usr/bin/env python3
"""Asks every recorder every question at the same time: drive.py SCENARIO WORK_DIR.

Writes WORK_DIR/truth.tsv, a row for each question to each recorder; `party` is the recorder."""
import concurrent.futures
import pathlib
import sys
import time
import tomllib

import schedule
import truth
import wire


def ask(number, host, question, recorder, timeout):
    last = schedule.RECORDERS[recorder]
    server = f"2001:db8::{last}" if ":" in host else f"192.0.2.{last}"
    # A port of its own for each question: one chosen twice would make two questions one flow.
    source = host, 10000 + 100 * number + last
    start = truth.utc_now()
    outcome = wire.outcome(wire.exchange(question, source, server, timeout))
    cause = "+".join(question.how) or "ordinary"
    return truth.Row(f"e{number:04d}", start, truth.utc_now(), recorder, "host", host, cause,
                     question.text, question.qtype, outcome)


def main():
    scenario = tomllib.loads(pathlib.Path(sys.argv[1]).read_text())
    rows = []
    with concurrent.futures.ThreadPoolExecutor(len(schedule.RECORDERS)) as pool:
        for number, host, question in schedule.build():
            asked = [pool.submit(ask, number, host, question, recorder, scenario["timeout"])
                     for recorder in schedule.RECORDERS]
            rows += [answer.result() for answer in asked]
            time.sleep(scenario["gap"])
    truth.write_rows(pathlib.Path(sys.argv[2]) / "truth.tsv", rows)


if __name__ == "__main__":
    main()
