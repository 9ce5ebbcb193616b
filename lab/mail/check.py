"""What the records of the run `mail` must hold: each attempt at each recipient, in every log."""
import collections
import datetime
import io
import json
import re
import tarfile

import reading
import truth
from mail import schedule

SLACK = datetime.timedelta(seconds=2)  # stamps of whole seconds, and delivery after the answer
BANK = "@bank.example"
# How an outcome of truth.tsv is called by each server.
POSTFIX = {"accepted": "sent", "discarded": "discarded", "rejected": "rejected",
           "deferred": "rejected", "left": "unfinished"}
EXIM = {"accepted": "sent", "discarded": "sent", "rejected": "bounced", "deferred": "deferred"}


# What postscreen did not hand on to smtpd.
STOPPED = ("screened-listed", "screened-early")


def sessions(rows):
    """Connections from each address: one for each attempt, whatever the number of recipients."""
    return collections.Counter(address for address, _, _ in
                               {(row.address, row.event, row.time_start) for row in rows})


def handed_on(rows):
    return [row for row in rows if row.cause not in STOPPED]


def delivered(rows):
    return collections.Counter((row.message_id, row.recipient) for row in rows
                               if row.outcome == "accepted")


def mailbox_texts(folder):
    with tarfile.open(fileobj=io.BytesIO(truth.read_record(folder, "records/maildirs.tar"))) as tar:
        for member in tar:
            if member.isfile():
                yield tar.extractfile(member).read().decode()
    mbox = truth.read_record(folder, "records/archive.mbox").decode()
    yield from re.split(r"^(?=From \S+  )", mbox, flags=re.M)[1:]


def check(folder, facts, rows, complain):
    log = truth.read_record(folder, "records/postfix.log").decode()
    connected = collections.Counter(re.findall(r": connect from \S+\[([0-9.]+)\]", log))
    if connected != sessions(handed_on(rows)):
        complain(f"postfix.log: connections {connected}, truth {sessions(handed_on(rows))}")
    found = collections.Counter(
        (re.search(r"^Message-ID: (.*)$", text, re.M)[1],
         re.search(r"^Delivered-To: (.*)$", text, re.M)[1]) for text in mailbox_texts(folder))
    for key in (found - delivered(rows)) + (delivered(rows) - found):
        complain(f"mailboxes: {found[key]} times {key}, truth {delivered(rows)[key]}")
    outcomes = collections.Counter(row.outcome for row in rows)
    stated = facts["postfix"]
    if (stated["delivered"], stated["rejected"], stated["discarded"]) != (
            outcomes["accepted"], outcomes["rejected"] + outcomes["deferred"],
            outcomes["discarded"]):
        complain(f"pflogsumm counted {stated}, truth {outcomes}")


# -- assay's reading ---------------------------------------------------------------------------


def is_near(found, row):
    time = truth.instant(found["time"])
    return truth.instant(row.time_start) - SLACK <= time <= truth.instant(row.time_end) + SLACK


def says(found, **expected):
    """Whether the row says nothing else of these fields; what it leaves out it does not say."""
    return all(found.get(name, "") in ("", text) for name, text in expected.items())


def may_be_postfix(found, row):
    if found["client"] != row.address or found["status"] != POSTFIX[row.outcome]:
        return False
    # The null sender is printed, that of a session that was cut off may not be known yet.
    return is_near(found, row) and says(found, message_id=row.message_id, code=row.code,
                                        envelope_from=row.envelope_from or "<>",
                                        recipient=row.recipient)


def may_be_exim(found, row):
    return (found["recipient"] == row.recipient and found["message_id"] == row.message_id
            and found["status"] == EXIM[row.outcome] and found["code"] == row.code
            and found["envelope_from"] == row.envelope_from
            # Exim names the TLS of a delivery and of a refusal for good, not of a delay.
            and found["tls_version"] == ("" if row.outcome == "deferred" else "TLSv1.3")
            and found["server"] == schedule.BANK and is_near(found, row))


def may_be_rspamd(found, row):
    return (found["client"] == row.address and found["message_id"] == row.message_id
            and found["recipient"] == row.recipient and found["status"] == "scanned"
            and is_near(found, row))


def may_be_delivered(found, row):
    return found["message_id"] == row.message_id and found["delivered_to"] == row.recipient


def compare_rows(name, found, expected, may_be, complain):
    invented, missing = reading.pair_off(found, expected, may_be)
    for row in invented:
        told = {word: row[word] for word in ("time", "client", "code", "message_id", "recipient",
                                             "status") if row.get(word)}
        complain(f"{name}: assay reads what was not done: {told}")
    for row in missing:
        complain(f"{name}: assay lacks {row.event}: {row.cause} {row.recipient} {row.outcome}")


def compare_bounces(found, rows, complain):
    """Exim tells its sender of every message with a recipient refused for good, once."""
    refused = {row.event for row in rows
               if row.address == schedule.SENDER and row.outcome == "rejected"}
    told = [row for row in found if row["recipient"] == schedule.PROMO
            and row["envelope_from"] == "<>" and row["queue_id_previous"]]
    if len(told) != len(refused):
        complain(f"exim.log: assay reads {len(told)} bounces of {len(refused)}")


def compare_connections(read, rows, complain):
    def compare(what, found, expected):
        seen = collections.Counter(row["client"] for row in found)
        if seen != sessions(expected):
            complain(f"{what}: assay reads connections {seen}, truth {sessions(expected)}")
    screened = [row for row in rows if row.cause.startswith("screened-")]
    service = [row for row in read.rows("service") if row["file"] == "records/postfix.log"]
    compare("smtpd", [row for row in service if row["server"] == ""], handed_on(rows))
    compare("postscreen", [row for row in service if row["server"] == schedule.SCREEN], screened)
    compare("smtp.pcap", read.rows("flow"), rows)
    # smtpd asks for the pointer of every client that connects, postscreen for its place in the
    # list, and nothing remembers.
    asked = collections.Counter(row["qname"] for row in read.rows()
                                if row["file"] == "records/dns.log")
    for zone, expected in (("in-addr.arpa", handed_on(rows)), ("bl.list.example", screened)):
        for address, count in sessions(expected).items():
            name = ".".join(reversed(address.split("."))) + "." + zone
            if asked[name] != count:
                complain(f"dns.log: {asked[name]} questions for {name}, {count} connections")


def compare(read, facts, rows, complain):
    found = collections.defaultdict(list)
    for kind in ("mail", "message"):
        for row in read.rows(kind):
            fields = json.loads(row["fields"])
            empty = dict.fromkeys(("recipient", "queue_id_previous", "delivered_to",
                                   "tls_version"), "")
            found[row["file"], kind].append({**empty, **row, **fields})
    def of(name, kind="mail"):
        return found[f"records/{name}", kind]
    compare_rows("postfix.log", of("postfix.log"),
                 [row for row in rows if row.recipient != "-"], may_be_postfix, complain)
    compare_rows("exim.log", [row for row in of("exim.log") if row["recipient"].endswith(BANK)],
                 [row for row in rows if row.address == schedule.SENDER], may_be_exim, complain)
    compare_bounces(of("exim.log"), rows, complain)
    # Scanned is what was sent whole and passed the header checks.
    compare_rows("rspamd.log", of("rspamd.log"),
                 [row for row in rows if row.outcome == "accepted"
                  or row.cause == "scanner-rejected"], may_be_rspamd, complain)
    compare_rows("mailboxes", of("maildirs.tar", "message") + of("archive.mbox", "message"),
                 [row for row in rows if row.outcome == "accepted"], may_be_delivered, complain)
    sent = sum(row["status"] == "sent" for row in of("exim.log"))
    if sent != facts["exim"]["addresses_delivered"]:
        complain(f"exim.log: assay reads {sent} deliveries, eximstats {facts['exim']}")
    compare_connections(read, rows, complain)
    read.check_rejects(complain)
