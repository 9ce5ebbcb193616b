"""What a recording of the run `checks` must hold, whatever the programs are set to ask."""
import collections
import re

import truth
from checks import schedule


def read_asked(folder):
    heading, *lines = truth.read_record(folder, "records/asked.tsv").decode().splitlines()
    row = collections.namedtuple("Asked", heading.split("\t"))
    return [row(*line.split("\t")) for line in lines]


def pointer_of(client):
    return ".".join(reversed(schedule.CLIENTS[client].split("."))) + ".in-addr.arpa"


def check_mail(rows, asked, complain):
    """Postfix asks for the pointer of every client once, and each filter asks about its mail."""
    found = collections.Counter((row.message, row.qname) for row in asked
                                if row.program == "postfix" and row.qtype == "PTR")
    programs = collections.defaultdict(set)
    for row in asked:
        programs[row.message].add(row.program)
    for row in rows:
        if not row.message.isdigit():
            continue
        name = pointer_of(row.client)
        if found[row.message, name] != 1:
            complain(f"asked.tsv: {found[row.message, name]} pointers asked for by message "
                     f"{row.message}")
        wanted = {row.setup} & {"rspamd", "spamassassin"} if row.code == "250" else set()
        if not wanted <= programs[row.message]:
            complain(f"asked.tsv: {wanted} asked nothing about message {row.message}")


def check_resolver(asked, complain):
    """A resolver asks because it was asked: for that name, or for one above it."""
    wanted = {row.qname for row in asked if row.program != "resolver"}
    for row in asked:
        if row.program == "resolver" and row.message != "probe" and not any(
                name == row.qname or name.endswith("." + row.qname) for name in wanted):
            complain(f"asked.tsv: nobody asked before: {row.qname}")


def check_queue(folder, asked, complain):
    log = truth.read_record(folder, "records/postfix.log").decode()
    logged = len(re.findall(r"to=<later@later\.example>.*status=deferred", log))
    tries = sum(row.program == "postfix" and row.message == "deferred" and row.qtype == "MX"
                for row in asked)
    if logged != tries or not tries:
        complain(f"postfix.log: {logged} tries put off, asked.tsv has {tries}")


def check(folder, facts, rows, complain):
    asked = read_asked(folder)
    scheduled = [(mail.setup, mail.client) for mail in schedule.build(facts["scenario"])]
    if [(row.setup, row.client) for row in rows if row.message.isdigit()] != scheduled:
        complain("truth.tsv: not the messages of the schedule")
        return
    check_mail(rows, asked, complain)
    check_resolver(asked, complain)
    check_queue(folder, asked, complain)
    for name in schedule.JOBS:
        if not any(row.qname == name + ".jobs.example" for row in asked):
            complain(f"asked.tsv: {name} never ran")


def compare(read, facts, rows, complain):
    complain("the rows of this run are for tests/sim and tests/methods, not for the readers")
