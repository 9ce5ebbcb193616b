"""What the records of the run `recorders` must hold: each question once at each recorder."""
import collections
import datetime
import re

import reading
import truth
from recorders import schedule

START_UP = "startup.bind"  # the set-up's own question, of class CH
# Logs stamp seconds or from a coarse clock; set-ups under load write late.
SLACK = datetime.timedelta(seconds=1.5)
# How a question looks in the logs that name every one, by a few lines apart from assay.
PLAIN = {
    "bind": r"client @\S+ \S+#\d+ \(.*\): query: ",
    "unbound": r" query: \S+ .* (IN|CH)$",
    "dnsmasq": r" query\[\S+\] .* from \S+$",
    "unbound-replies": r" info: \S+ .* (IN|CH) [A-Z]+ [0-9.]+ [01] \d+$",
    "dnsmasq-plain": r" query\[\S+\] .* from \S+$",
    "powerdns": r"question (for '.*' from|answered from packet cache) ",
    "powerdns-structured": r'msg="Question( answered from packet cache)?" .* qname=',
}


def recorder_of(record):
    """unbound of records/unbound.log; wire and authoritative are no recorder of all."""
    return re.match(r"records/([^.]+)\.", record["file"])[1]


# What a server leaves out, as (recorder or file, cause of truth.tsv), seen with these versions.
LEFT_OUT = {
    # dnsmasq counts what it forwards and what it answers from its cache, not what it makes up.
    ("dnsmasq", "chaos"), ("dnsmasq-plain", "chaos"),
    # BIND writes no dnstap message of a question that it refuses for want of recursion.
    ("records/bind.dnstap", "norecurse"),
}


def check(folder, facts, rows, complain):
    for record in facts["records"]:
        name = recorder_of(record)
        if name not in PLAIN or not record["file"].endswith(".log"):
            continue
        text = truth.read_record(folder, record["file"]).decode("utf-8", "replace")
        logged = sum(1 for line in text.splitlines()
                     if START_UP not in line and re.search(PLAIN[name], line))
        asked = sum(row.party == name for row in rows)
        if logged != asked:
            complain(f"{record['file']}: {logged} questions, asked {asked}")
    for name, count in facts["counters"].items():
        asked = [START_UP] + [row for row in rows if row.party == name]
        if (name, "chaos") in LEFT_OUT:
            asked = [row for row in asked if row != START_UP and row.cause != "chaos"]
        if count != len(asked):
            complain(f"{name}: its server counted {count} questions, asked {len(asked)}")


# -- assay's reading ---------------------------------------------------------------------------


def tells(text, name):
    """Whether a name as assay prints it can stand for this name: some are told in part."""
    pattern = re.escape(text).replace(re.escape("\\*"), ".*")
    return re.fullmatch(pattern.replace(re.escape("\\?"), r"(\\\d{3}|\\.|[^\\])"), name) is not None


def may_be(found, row):
    """Whether a row that assay read can be this question of the truth."""
    time = truth.instant(found["time"])
    width = datetime.timedelta(microseconds=int(found["width_us"]))
    rcode = {"NODATA": "NOERROR", "no-answer": ""}.get(row.outcome, row.outcome)
    return (found["client"] == row.address
            and found["qtype"] in ("", row.qtype)
            and found["rcode"] in ("", rcode)
            and tells(found["qname"], row.qname)
            and truth.instant(row.time_start) - SLACK <= time + width
            and time <= truth.instant(row.time_end) + SLACK)


def one_line(row):
    return f"{row['client']} {row['qname']} {row['qtype']} {row['rcode']} at {row['time']}"


def compare_questions(name, found, asked, complain):
    invented, missing = reading.pair_off(found, asked, may_be)
    for row in invented:
        complain(f"{name}: assay reads what was not asked: {one_line(row)}")
    for row in missing:
        complain(f"{name}: assay lacks {row.event} of {row.party}: {row.address} {row.qname} "
                 f"{row.qtype} {row.outcome}")


def compare_authoritative(rows, complain):
    """The log of the server behind all recorders against the wire."""
    def key(row):
        return row["client"], row["client_port"], row["qname"], row["qtype"]
    logged = collections.Counter(key(row) for row in rows
                                 if row["file"] == "records/authoritative.log")
    heard = collections.Counter(key(row) for row in rows if row["file"] == "records/wire.pcap"
                                and row["server"] == "192.0.2.1")
    for entry in (logged - heard) + (heard - logged):
        complain(f"authoritative.log and wire.pcap differ: {entry}")


def flow_key(row):
    """The two ends of a flow, host first, and whether it came from the host."""
    is_question = row["server_port"] == "53"
    ends = (row["client"], row["server"]) if is_question else (row["server"], row["client"])
    return *ends, row["protocol"], is_question


def asked_flow(row):
    last = schedule.RECORDERS[row.party]
    recorder = f"2001:db8::{last}" if ":" in row.address else f"192.0.2.{last}"
    return row.address, recorder, "6" if "tcp" in row.cause else "17"


def compare_flows(name, found, asked, totals, complain):
    """A flow each way for each question, or one both ways, and nfdump's own sums."""
    is_both_ways = name.endswith(".pcap")
    if name.endswith("-v5.netflow"):  # NetFlow v5 has no room for IPv6
        asked = [row for row in asked if ":" not in row.address]
        totals = None
    expected = collections.Counter((*asked_flow(row), way) for row in asked
                                   for way in ((True,) if is_both_ways else (True, False)))
    seen = collections.Counter(map(flow_key, found))
    for key in (expected - seen) + (seen - expected):
        complain(f"{name}: {seen[key]} flows, {expected[key]} expected: {key}")
    sums = {word: sum(int(row[f"{word}_{way}"] or 0)  # empty: not told
                      for row in found for way in ("sent", "received"))
            for word in ("packets", "bytes")}
    if totals and sums != {word: totals[word] for word in sums}:
        complain(f"{name}: assay sums up {sums}, nfdump {totals}")
    start, end = (truth.instant(text) for text in (asked[0].time_start, asked[-1].time_end))
    for row in found:
        if not start - SLACK <= truth.instant(row["time"]) <= end + SLACK:
            complain(f"{name}: a flow at {row['time']}")


def compare(read, facts, rows, complain):
    found = [row for row in read.rows() if row["qname"] != START_UP]
    hosts = {row.address for row in rows}
    asked = collections.defaultdict(list)
    for row in rows:
        asked[row.party].append(row)
    for record in facts["records"]:
        name = recorder_of(record)
        here = [row for row in found
                if row["file"] == record["file"] and row["client"] in hosts]
        if name == "wire":
            here.sort(key=lambda row: row["server"])
            compare_questions(record["file"], here, rows, complain)
        elif name in asked:
            told = [row for row in asked[name] if (record["file"], row.cause) not in LEFT_OUT]
            compare_questions(record["file"], here, told, complain)
    compare_authoritative(found, complain)
    flows = collections.defaultdict(list)
    for row in read.rows("flow"):
        if row["client"] in hosts or row["server"] in hosts:
            flows[row["file"]].append(row)
    for record in facts["records"]:
        if recorder_of(record) in ("wire", "nfdump", "softflowd-v5", "softflowd-v10"):
            compare_flows(record["file"], flows[record["file"]], rows, facts["flows"], complain)
    read.check_rejects(complain)
