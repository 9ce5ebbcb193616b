"""What the records of the run `organisations` must hold, and what assay must make of them: each
join beside the truth, contact where there was some, and no true cause excluded."""
import collections
import datetime
import io
import re
import struct
import tarfile

import reading
import truth
from organisations import joins, schedule

MAIL = ("letter", "reply", "bulk", "outside", "refused")
# What each cause leaves possible, whatever else went on.
BY_MAIL = {"person_to_person_mail", "live_mail_with_checks"}
EXPLANATIONS = {"letter": BY_MAIL, "reply": BY_MAIL, "outside": BY_MAIL,
                "bulk": {"live_mail_with_checks"}, "refused": {"live_mail_with_checks"},
                "rescan": {"archive_rescan"}, "job": {"misconfigured_application"}}
# The questions, and the causes that each is about.
PAIRS = {("Bank", "Sender"): set(EXPLANATIONS) - {"outside"}, ("Bank", "Outside"): {"outside"}}
ASKED, CONTENT, ANSWERED = 1, 4, 5  # rungs
BY_TIME = ("lookup_flow", "check_flow", "lookup_transfer", "check_transfer", "refusal_transfer")
# What somebody may have of all this: the begins of names of records.
PARTS = {"Bank's": ("bank-", "archive-"), "Sender's": ("sender-",),
         "look-ups and Sender's flows": ("bank-ns", "bank-resolver", "sender-ns",
                                         "sender-resolver", "sender-flows")}


def delivered(rows):
    """(Message-ID, recipient) of what reached a mailbox, with the archive's copies."""
    found = collections.Counter((row.message_id, row.recipient) for row in rows
                                if row.outcome == "accepted")
    found.update({(message_id, schedule.ARCHIVE): 1 for message_id, _ in found})
    return found


def mailboxes(folder):
    """(Message-ID, recipient) of the mailboxes; without old mail and bounces."""
    data = truth.read_record(folder, "records/bank-maildirs.tar")
    texts = []
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for member in tar:
            if member.isfile():
                texts.append((f"{member.name.split('/')[1]}@bank.example",
                              tar.extractfile(member).read().decode()))
    for path in sorted(folder.glob("records/sender-*.mbox*")):
        name = path.name.split(".")[0]
        owner = f"{name.removeprefix('sender-')}@sender.example"
        mbox = truth.read_record(folder, f"records/{name}.mbox").decode()
        texts += [(owner, text) for text in re.split(r"^(?=From \S+ )", mbox, flags=re.M)[1:]]
    found = collections.Counter()
    for owner, text in texts:
        message_id = re.search(r"^Message-Id: *(<lab\.\S+>)", text.split("\n\n")[0], re.M | re.I)
        if message_id:
            found[message_id[1], owner] += 1
    return found


def sessions(folder):
    """Connections to port 25 in the capture: SYN without ACK, by address."""
    data = truth.read_record(folder, "records/bank-edge.pcap")
    found, at = collections.Counter(), 24
    while at < len(data):
        length = struct.unpack_from("<I", data, at + 8)[0]
        packet = data[at + 16 + 14:at + 16 + length]  # behind Ethernet's header
        at += 16 + length
        header = (packet[0] & 15) * 4
        if packet[9] == 6 and packet[header + 13] & 0x12 == 0x02:
            if struct.unpack_from(">H", packet, header + 2)[0] == 25:
                found[".".join(map(str, packet[12:16]))] += 1
    return found


def check_mail(folder, rows, complain):
    expected = delivered(rows)
    found = mailboxes(folder)
    for key in (found - expected) + (expected - found):
        complain(f"mailboxes: {found[key]} times {key}, truth {expected[key]}")
    addresses = collections.Counter(
        address for address, _ in {(row.address, row.event) for row in rows if row.cause in MAIL})
    if sessions(folder) != addresses:
        complain(f"bank-edge.pcap: sessions {sessions(folder)}, truth {addresses}")
    log = truth.read_record(folder, "records/bank-postfix.log").decode()
    sent = collections.Counter(re.findall(r"to=<(\S+)>, .* status=sent", log))
    told = collections.Counter()
    for (_, recipient), count in expected.items():
        told[recipient] += count
    if sent != told:
        complain(f"bank-postfix.log: sent {sent}, truth {told}")


def check(folder, facts, rows, complain):
    causes = collections.Counter(cause for _, cause in {(row.event, row.cause) for row in rows})
    if causes != facts["events"]:
        complain(f"truth.tsv: events {causes}, stated {facts['events']}")
    check_mail(folder, rows, complain)
    log = truth.read_record(folder, "records/bank-resolver.log").decode()
    asked = len(re.findall(rf"query: 192\.0\.2\.66 {re.escape(schedule.STALE)}\. A IN", log))
    if asked != causes["job"]:
        complain(f"bank-resolver.log: the job asked {asked} times, truth {causes['job']}")
    if causes["rescan"]:
        log = truth.read_record(folder, "records/archive-rspamd.log").decode()
        scans = log.count("rspamd_task_write_log: id: <")
        if scans < causes["rescan"]:
            complain(f"archive-rspamd.log: {scans} messages scanned in {causes['rescan']} scans")


# -- assay's reading ---------------------------------------------------------------------------


def finding_of(question, method, end=""):
    return next(finding for finding in question["findings"]
                if finding["method"] == method and finding["id"].endswith(end))


def ask(read, facts):
    """Of the whole seconds in which all recorded."""
    covers = next(record["covers"][0] for record in facts["records"]
                  if record["file"] == "records/bank-edge.pcap")
    start, end = map(truth.instant, covers.split("/"))
    start = start.replace(microsecond=0) + datetime.timedelta(seconds=1)
    return read.ask(PAIRS, f"{start:%Y-%m-%dT%H:%M:%SZ}/{end:%Y-%m-%dT%H:%M:%SZ}")


def score(read, question, facts, rows):
    finding = finding_of(question, "timeline")
    vantage = finding["parameters"]["lookups_of_vantage"]
    files = {record["file"] for record in facts["records"] if record.get("vantage") == vantage}
    return joins.Score(joins.Records(read, rows), finding, files)


def check_joins(found, complain):
    """By ids no join is wrong. By who and when one may be where assay itself relies on none of its
    kind, since chance explains them as well, or says that another partner would have fitted.
    Nothing that has its partner is missed."""
    for wrong in found.wrong:
        is_doubted = wrong.is_ambiguous or not wrong.stands_in_chains
        if wrong.word not in BY_TIME or not is_doubted:
            complain(f"joined wrongly: {wrong.word} {wrong.left} {wrong.left_events} to "
                     f"{wrong.right} {wrong.right_events}")
    for word, left, events in found.missed:
        complain(f"not joined: {word} {left} {events}")


def check_soundness(verdict, causes, what, complain):
    """Whatever part of the records somebody has."""
    true = set().union(*(EXPLANATIONS[cause] for cause in causes))
    for name in sorted(true & set(verdict["excluded"])):
        complain(f"{what}: {name} is excluded, and was a cause")
    if not causes & set(MAIL) and verdict["rung"] > ASKED:
        complain(f"{what}: rung {verdict['rung']}, and no mail passed")


def check_power(verdict, causes, what, complain):
    """With all records: mail is seen where it passed, and excluded where it did not."""
    if causes & {"letter", "reply", "outside", "bulk"}:
        if verdict["rung"] < (ANSWERED if "reply" in causes else CONTENT):
            complain(f"{what}: rung {verdict['rung']}, and mail passed")
    elif not causes & set(MAIL) and causes:
        for name in sorted(BY_MAIL - set(verdict["excluded"])):
            complain(f"{what}: {name} is not excluded, and no mail passed")


def check_verdicts(questions, rows, what, complain, is_whole):
    for (pair, about), question in zip(PAIRS.items(), questions):
        causes = {row.cause for row in rows} & about
        name = f"{what} of {' and '.join(pair)}"
        check_soundness(question["verdict"], causes, name, complain)
        if is_whole:
            check_power(question["verdict"], causes, name, complain)


def check_parts(read, facts, rows, complain):
    for what, begins in PARTS.items():
        records = [record for record in facts["records"]
                   if record["file"].removeprefix("records/").startswith(begins)]
        part = {**facts, "records": records}
        with reading.Reading(read.program, read.folder, part) as its:
            check_verdicts(ask(its, facts), rows, f"{what} records", complain, False)


def check_signatures(question, complain):
    """Every message was signed by who says that he sent it, with a key that was in the DNS."""
    finding = finding_of(question, "mail_authentication", "all/dkim")
    counts = {each["name"]: each["value"] for each in finding["quantities"]}
    if counts["verified"] != counts["signatures"]:
        complain(f"DKIM: {finding['statement']}")


def check_explanations(questions, causes, complain):
    """With all records nothing that is there is called missing, and what was done has its sign."""
    verdict = questions[0]["verdict"]
    for record in {"sending_mail_log", "receiving_mail_log", "edge_capture", "mailboxes",
                   "flow_at_either_edge", "resolver_client_log"} & {
                       missing["record"] for missing in verdict["missing"]}:
        if record != "mailboxes" or causes & {"letter", "reply"}:
            complain(f"{record} is called missing, and is there")
    leans = {}
    for each in verdict["assessments"]:
        for text in each["open"]:
            if "no mail log in the case" in text or "no mailbox in the case" in text:
                complain(f"{each['explanation']} leaves open: {text}")
        leans[each["explanation"]] = {bearing["finding"].split("/")[2]: bearing["direction"]
                                      for bearing in each["bearings"]}
    for cause, name, method in (("reply", "person_to_person_mail", "message_threads"),
                                ("bulk", "live_mail_with_checks", "campaign_fan_out"),
                                ("letter", "live_mail_with_checks", "direct_records")):
        if cause in causes and "for" not in leans[name].get(method, ""):
            complain(f"{name} has no sign of {method}, and there was {cause}")


def compare(read, facts, rows, complain):
    questions = ask(read, facts)
    check_explanations(questions, {row.cause for row in rows}, complain)
    check_joins(score(read, questions[0], facts, rows), complain)
    check_verdicts(questions, rows, "all records", complain, True)
    check_signatures(questions[0], complain)
    check_parts(read, facts, rows, complain)
    read.check_rejects(complain)
