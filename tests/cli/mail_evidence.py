"""Writes a small case of mail whose truth is known, and checks the findings on it.

mail_evidence.py make FOLDER          zones, two mailboxes and the mail logs of both sides
mail_evidence.py check FINDINGS       findings.jsonl of the case against the truth

Keys are made by the openssl program; canonicalization is relaxed/relaxed (RFC 6376, 3.4), written
here from the standard so that the program is not held against itself.
"""

import base64
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

SELECTORS = {"s1": "key of the time", "s2": "published two years later alone"}


def openssl(*words, data=None):
    return subprocess.run(["openssl", *words], input=data, capture_output=True, check=True).stdout


def relaxed_body(body):
    lines = [re.sub(r"[ \t]+", " ", line).rstrip(" ") for line in body.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return "".join(line + "\r\n" for line in lines)


def relaxed_field(name, value):
    return name.lower() + ":" + re.sub("[ \t]+", " ", value).strip()


def signature(folder, selector, fields, body, more):
    """The value of DKIM-Signature over `fields`, a list of (name, value)."""
    digest = base64.b64encode(hashlib.sha256(relaxed_body(body).encode()).digest()).decode()
    names = ":".join(name.lower() for name, _ in fields)
    value = (f"v=1; a=rsa-sha256; c=relaxed/relaxed; d=sender.example; s={selector};{more} "
             f"h={names}; bh={digest}; b=")
    signed = "\r\n".join([relaxed_field(*field) for field in fields]
                         + [relaxed_field("DKIM-Signature", value)])
    made = openssl("dgst", "-sha256", "-sign", str(folder / f"{selector}.pem"),
                   data=signed.encode())
    return value + base64.b64encode(made).decode()


def message(folder, number, day, sender, to, answers=None, selector=None, more="", trace=(),
            changed=False):
    clock = f"Mon, {day:02d} Jun 2016 10:00:00 +0000"
    domain = sender.split("@")[1]
    fields = [("From", sender), ("To", to), ("Date", clock), ("Subject", f"Figures {number}"),
              ("Message-ID", f"<m{number}@{domain}>")]
    if answers:
        fields.append(("In-Reply-To", f"<{answers}>"))
    body = f"The figures of matter {number} are these,\nand no others.\n"
    head = list(trace)
    if selector:
        head.append(("DKIM-Signature", signature(folder, selector, fields, body, more)))
    if changed:
        body = body.replace("no others", "some others")
    text = "".join(f"{name}: {value}\n" for name, value in head + fields)
    return f"From {sender} Mon Jun {day:2d} 10:00:05 2016\n{text}\n{body}\n"


def taken(day, client, queue_id):
    name = "mail1.sender.example" if client == "198.51.100.9" else "unknown"
    return ("Received", f"from mail1.sender.example ({name} [{client}]) by mx.bank.example "
                        f"(Postfix) with ESMTP id {queue_id}; "
                        f"Mon, {day:02d} Jun 2016 10:00:05 +0000")


def transfer_lines(day, number, queue_id, client, sender):
    at, who = f"2016-06-{day:02d}T10:00:05+00:00 mx", f"{queue_id}: "
    name = "mail1.sender.example" if client == "198.51.100.9" else "unknown"
    return "".join(f"{at} postfix/{line}\n" for line in [
        f"smtpd[10]: {who}client={name}[{client}]",
        f"cleanup[11]: {who}message-id=<m{number}@sender.example>",
        f"qmgr[12]: {who}from=<{sender}>, size=900, nrcpt=1 (queue active)",
        f"local[13]: {who}to=<clerk@bank.example>, relay=local, delay=0.2, delays=0.1/0/0/0.1, "
        "dsn=2.0.0, status=sent (delivered to mailbox)",
        f"qmgr[12]: {who}removed"])


def sent_lines(day, number, sender, told):
    at, who = f"2016-06-{day:02d}T10:00:03+00:00 mail1", f"AB{number:02d}00000A: "
    return "".join(f"{at} postfix/{line}\n" for line in [
        f"pickup[20]: {who}uid=1000 from=<{sender}>",
        f"cleanup[21]: {who}message-id=<m{number}@sender.example>",
        f"qmgr[22]: {who}from=<{sender}>, size=900, nrcpt=1 (queue active)",
        f"smtp[23]: {who}to=<clerk@bank.example>, relay=mx.bank.example[192.0.2.25]:25, delay=2, "
        f"delays=0.1/0/0.9/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as {told})",
        f"qmgr[22]: {who}removed"])


def zone(serial, keys, when):
    soa = f"sender.example. 3600 IN SOA ns.sender.example. h.sender.example. {serial} 1 1 1 1\n"
    text = soa + 'sender.example. 3600 IN TXT "v=spf1 ip4:198.51.100.9 -all"\n'
    text += '_dmarc.sender.example. 3600 IN TXT "v=DMARC1; p=reject"\n'
    for selector, key in keys.items():
        parts = " ".join(f'"{part}"' for part in re.findall(".{1,200}", f"v=DKIM1; p={key}"))
        text += f"{selector}._domainkey.sender.example. 3600 IN TXT {parts}\n"
    return f"; <<>> DiG 9 <<>> AXFR sender.example\n{text}{soa};; WHEN: {when}\n"


def make(folder):
    keys = {}
    for selector in SELECTORS:
        pem = folder / f"{selector}.pem"
        openssl("genrsa", "-out", str(pem), "2048")
        public = openssl("rsa", "-in", str(pem), "-pubout", "-outform", "DER")
        keys[selector] = base64.b64encode(public).decode()
    early = {"s1": keys["s1"]}
    (folder / "zone-may.txt").write_text(zone(1, early, "Sun May 01 04:00:00 UTC 2016"))
    (folder / "zone-aug.txt").write_text(zone(2, early, "Mon Aug 01 04:00:00 UTC 2016"))
    (folder / "zone-2018.txt").write_text(zone(3, keys, "Wed Aug 01 04:00:00 UTC 2018"))
    office, clerk, host = "office@sender.example", "clerk@bank.example", "198.51.100.9"
    forged = [taken(11, "203.0.113.66", "4F0000006"),
              ("Received", "from desk.sender.example (desk.sender.example [198.51.100.9]) by "
               "mx.bank.example (Postfix) with ESMTP id 4F0000099; "
               "Sat, 11 Jun 2016 09:59:00 +0000")]
    bank = [
        message(folder, 1, 6, office, clerk, selector="s1", trace=[taken(6, host, "4F0000001")]),
        message(folder, 7, 6, clerk, office, answers="m1@sender.example"),
        message(folder, 2, 7, office, clerk, answers="m7@bank.example", selector="s1",
                trace=[taken(7, host, "4F0000002")]),
        message(folder, 3, 8, office, clerk, selector="s1", changed=True,
                trace=[taken(8, host, "4F0000003")]),
        message(folder, 4, 9, office, clerk, selector="s1", more=" t=1464825600; x=1464912000;",
                trace=[taken(9, host, "4F0000004")]),
        message(folder, 5, 10, office, clerk, selector="s2", trace=[taken(10, host, "4F0000005")]),
        message(folder, 6, 11, office, clerk, trace=forged),
        message(folder, 9, 13, clerk, office, answers="m8@sender.example"),
        message(folder, 10, 14, clerk, office, answers="m99@sender.example")]
    (folder / "bank.mbox").write_text("".join(bank))
    (folder / "sender.mbox").write_text(message(folder, 8, 12, office, clerk))
    days = {1: 6, 2: 7, 3: 8, 4: 9, 5: 10}
    log = "".join(transfer_lines(day, number, f"4F000000{number}", host, office)
                  for number, day in days.items())
    log += transfer_lines(11, 6, "4F0000006", "203.0.113.66", office)
    (folder / "bank.log").write_text(log)
    sent = {**{n: (day, f"4F000000{n}") for n, day in days.items()}, 8: (12, "4F0000008")}
    (folder / "sender.log").write_text(
        "".join(sent_lines(day, number, office, told) for number, (day, told) in sent.items()))


# By the end of a finding's id: what the case was made to hold.
TRUTH = {
    "mail_authentication/all/dkim": {"messages": 5, "signatures": 5, "verified": 4,
                                     "body_changed": 1,
                                "expired": 1, "key_of_that_time": 4, "key_of_another_time": 1},
    "sender_policy/all/spf": {"transfers": 6, "pass": 5, "fail": 1},
    "author_policy/all/dmarc": {"messages": 10, "not_aligned_under_a_strict_policy": 1},
    "received_chain/all": {"messages": 6, "taken_by_a_stated_party": 6, "fields": 7,
                           "fields_of_that_party": 6, "claimed_fields": 1,
                           "own_host_below_outsider": 1},
    "message_copies/all": {"messages": 10, "stored_again": 0},
    "message_threads/all": {"messages": 10, "replies": 4, "cross_replies": 3,
                            "longest_exchange": 3, "replies_to_missing": 1,
                            "parent_only_elsewhere": 1},
    "campaign_fan_out/all/messages": {"messages": 10, "bulk_senders": 0},
    # m8 is in the log of who sent it, and not in that of who is said to have taken it.
    "acceptance_policy/mx": {"tries": 7, "accepted_askers": 2, "told_by_both_sides": 5,
                             "told_differently": 0, "let_in_by_others_records_alone": 1},
}


def check(lines):
    findings = {f["id"]: f for f in map(json.loads, lines) if "id" in f}
    wrong = 0
    for end, truth in TRUTH.items():
        found = [f for name, f in findings.items() if name.endswith("/" + end)]
        if len(found) != 1:
            print(f"{len(found)} findings end in {end}")
            wrong += 1
            continue
        quantities = {q["name"]: q["value"] for q in found[0]["quantities"]}
        for name, value in truth.items():
            if quantities.get(name) != value:
                print(f"{end}: {name} is {quantities.get(name)}, not {value}: "
                      f"{found[0]['statement']}")
                wrong += 1
    return wrong


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]))
    else:
        sys.exit(1 if check(Path(sys.argv[2]).read_text().splitlines()) else 0)
