"""What recorders kept, as files of programs that people have, and what was wrong with them."""
import collections
import csv
import datetime
import mailbox
import zoneinfo

from world import BANK_MX, DAY, HOST, HOST_ADDRESS, SERVERS, Flow, Mail

UTC = datetime.timezone.utc
# What is handed to assay: file and the options that its keeper would state.
Exhibit = collections.namedtuple("Exhibit", "path options")


def local(time, zone=UTC):
    return datetime.datetime.fromtimestamp(time, zone)


def covers(world, outages):
    """The declared spans: all of it but the outages."""
    spans, begin = [], world.start
    for first, last in outages:
        spans.append((begin, first))
        begin = last
    spans.append((begin, world.end))
    options = []
    for first, last in spans:
        options += ["--covers", "/".join(local(t).strftime("%Y-%m-%dT%H:%M:%SZ")
                                         for t in (first, last))]
    return options


class NameServers:
    """The query logs of the zone's three servers and their faults, drawn once a case."""

    def __init__(self, world, declared):
        rng = world.rng
        self.declared = declared
        self.form = rng.choice(["bind", "bind", "bind_local", "list"])
        self.fraction = 3 if self.form != "list" and rng.random() < .5 else 0
        self.handed_over = [0, 1, 2] if rng.random() < .7 else sorted(rng.sample([0, 1, 2], 2))
        self.sampled = rng.choice([None, None, None, None, .5, .8])
        self.outages = []
        if rng.random() < .4 and world.days > 12:
            first = world.start + rng.uniform(.2, .7) * world.days * DAY
            self.outages = [(round(first), round(first + rng.uniform(.3, 2.5) * DAY))]
        self.skew = [rng.choice([0, 0, 0, rng.gauss(0, 2)]) for _ in SERVERS]
        self.deleted = rng.choice([0] * 9 + [.05])
        self.only_host = self.form == "list" and rng.random() < .5   # an export of one name
        # The keepers declare what they believe. Deleted rows make that belief false.
        self.true_to_declaration = not self.deleted

    def keep(self, world, queries):
        """[(time as stamped, query)] of each server that handed its log over."""
        rng, kept = world.rng, {server: [] for server in self.handed_over}
        for query in queries:
            if query.server not in kept or not world.start <= query.time < world.end:
                continue
            if any(a <= query.time < b for a, b in self.outages):
                continue
            if self.sampled and rng.random() > self.sampled:
                continue
            if self.deleted and rng.random() < self.deleted:
                continue
            if self.only_host and query.name != HOST:
                continue
            kept[query.server].append((query.time + self.skew[query.server], query))
        return {server: sorted(rows) for server, rows in kept.items()}

    def write(self, world, kept, folder):
        exhibits = []
        for server, rows in kept.items():
            options = ["--vantage", "authoritative"]
            zone = UTC
            if self.form == "bind_local":
                zone = zoneinfo.ZoneInfo("Europe/Madrid")
                options += ["--zone", "Europe/Madrid"]
            if self.declared:
                options += covers(world, self.outages)
                options += ["--sampled" if self.sampled else
                            "--filtered" if self.only_host else "--complete"]
            path = folder / f"ns{server + 1}.{'csv' if self.form == 'list' else 'log'}"
            with open(path, "w", encoding="ascii") as out:
                if self.form == "list":
                    out.write("time,client,query name,type,server\n")
                for time, query in rows:
                    out.write(self.line(time, query, zone, world.rng))
            exhibits.append(Exhibit(path, options))
        return exhibits

    def line(self, time, query, zone, rng):
        if self.form == "list":
            return (f"{local(time).strftime('%Y-%m-%dT%H:%M:%SZ')},{query.source},{query.name},"
                    f"{query.qtype},{SERVERS[query.server]}\n")
        stamp = local(time, zone)
        text = stamp.strftime("%d-%b-%Y %H:%M:%S") if zone is not UTC else \
            stamp.strftime("%Y-%m-%dT%H:%M:%S")
        if self.fraction:
            text += f".{stamp.microsecond // 1000:03d}"
        return (f"{text}{'' if zone is not UTC else 'Z'} queries: info: client "
                f"{query.source}#{rng.randrange(1024, 65535)} ({query.name}): "
                f"query: {query.name} IN {query.qtype} -E(0)D ({SERVERS[query.server]})\n")


PARTNERS = [f"2001:db8:a::{n:x}" for n in range(1, 9)]


def other_traffic(world):
    """Mail and flows of the Bank with everybody else, without which no log is its own."""
    rng, mails, flows = world.rng, [], []
    for time in world.at_work(12):
        way, partner = rng.choice(["in", "out"]), rng.randrange(8)
        world.serial += 1
        ends = [f"clerk{rng.randrange(9)}@bank.example", f"office@partner{partner}.example"]
        sender, recipient = ends if way == "out" else ends[::-1]
        mails.append((PARTNERS[partner], f"mx.partner{partner}.example",
                      Mail(time, way, sender, recipient, f"<{int(time)}.{world.serial}@x.example>",
                           None, rng.random() < .95, rng.randrange(900, 50000), False)))
        flows.append(Flow(time, 1.5, *([BANK_MX, rng.randrange(1024, 65535), PARTNERS[partner]]
                                       if way == "out" else
                                       [PARTNERS[partner], rng.randrange(1024, 65535), BANK_MX]),
                          25, 9, 4000, 8, 700))
    return mails, flows


class Postfix:
    """The log of one mail host: lines of each message as that host's daemons write them."""

    def __init__(self, world, name, mda):
        self.rng, self.zone, self.name, self.mda = world.rng, world.zone, name, mda
        self.lines, self.number = [], 0

    def say(self, time, text):
        stamp = local(time, self.zone).isoformat(timespec="milliseconds")
        self.lines.append((time, f"{stamp} {self.name} postfix/{text}\n"))

    def refuse(self, time, peer, mail, text, daemon="smtpd[2100]"):
        self.say(time, f"{daemon}: NOQUEUE: reject: RCPT from {peer}: {text}; from=<{mail.sender}> "
                 f"to=<{mail.recipient}> proto=ESMTP helo=<{peer.split('[')[0]}>")

    def message(self, address, name, mail, refusal=None):
        """mail.way is as this host sees it."""
        self.number += 1
        queue = f"{0xA0000 + self.number * 16 + self.rng.randrange(16):09X}"
        peer, smtpd, time = f"{name}[{address}]", f"smtpd[{2000 + self.number % 50}]", mail.time
        if mail.way == "in":
            self.say(time, f"{smtpd}: connect from {peer}")
            if refusal or not mail.accepted:
                self.refuse(time + .3, peer, mail, refusal or "554 5.7.1 <" + mail.recipient +
                            ">: Recipient address rejected: Access denied", smtpd)
            else:
                self.say(time + .3, f"{smtpd}: {queue}: client={peer}")
        else:
            self.say(time, f"pickup[300]: {queue}: uid=1000 from=<{mail.sender}>")
        if mail.way == "out" or mail.accepted and not refusal:
            self.passes(queue, peer, mail)
        if mail.way == "in":
            self.say(time + 1.2, f"{smtpd}: disconnect from {peer} ehlo=1 mail=1 rcpt=1 quit=1 "
                     "commands=4")

    def passes(self, queue, peer, mail):
        time = mail.time
        self.say(time + .4, f"cleanup[400]: {queue}: message-id={mail.message_id}")
        self.say(time + .5, f"qmgr[500]: {queue}: from=<{mail.sender}>, size={mail.size}, nrcpt=1 "
                 "(queue active)")
        agent, relay, said = "lmtp", self.mda, "250 2.0.0 Saved"
        if mail.way == "out":
            agent, relay = "smtp", f"{peer}:25"
            said = "250 2.0.0 Ok: queued as 7F1" if mail.accepted else \
                f"host {peer} said: 554 5.7.1 Access denied"
        status, code = ("sent", "2.0.0") if mail.accepted else ("bounced", "5.7.1")
        self.say(time + .9, f"{agent}[600]: {queue}: to=<{mail.recipient}>, relay={relay}, "
                 f"delay=0.9, delays=0.1/0/0.4/0.4, dsn={code}, status={status} ({said})")
        self.say(time + 1, f"qmgr[500]: {queue}: removed")

    def write(self, path, options):
        path.write_text("".join(text for _, text in sorted(self.lines)))
        return Exhibit(path, ["--vantage", "mail_server"] + options)


def write_bank_mail(world, others, folder, options):
    log = Postfix(world, "mx1.bank.example", "mda.bank.example[192.0.2.26]:24")
    for mail in world.mails:
        log.message(HOST_ADDRESS, HOST, mail)
    for address, name, mail in others:
        log.message(address, name, mail)
    return log.write(folder / "mail.log", ["--from", "Bank"] + options)


def write_sender_mail(world, folder, options):
    """The log of Sender's mail host: its mail with the Bank, with others, and who tried it."""
    rng = world.rng
    log = Postfix(world, HOST, "mda.sender.example[203.0.113.26]:24")
    for mail in world.mails:
        log.message(BANK_MX, "mx1.bank.example",
                    mail._replace(way="out" if mail.way == "in" else "in"))
    refusal = {"anybody": None, "list": "554 5.7.1 <{0}>: Client host rejected: Access denied",
               "nobody": "521 5.3.2 <{0}>: Client host rejected: this host takes no mail"}
    for number, time in enumerate(world.at_any_time(rng.choice([0, .3, 2]))):
        address, text = f"2001:db8:b:{rng.randrange(1, 40):x}::25", refusal[world.policy]
        mail = Mail(time, "in", "someone@tester.example", "info@sender.example",
                    f"<t{number}@tester.example>", None, True, 900, False)
        log.message(address, "unknown", mail, text and text.format(f"unknown[{address}]"))
    for number, time in enumerate(world.at_work(4)):
        mail = Mail(time, "out", "news@sender.example", f"reader@partner{rng.randrange(8)}.example",
                    f"<n{number}.{int(time)}@sender.example>", None, True, 9000, True)
        log.message(PARTNERS[number % 8], f"mx.partner{number % 8}.example", mail)
    return log.write(folder / "sender-mail.log", ["--from", "Sender"] + options)


def write_flows(world, others, genuine, forged, folder, options):
    """Flows at the Bank's edge as a table with a heading. Of a forged question the Bank sees but
    the answer, which nobody there asked for."""
    rows, rng = list(world.flows) + others, world.rng
    rows += [Flow(q.time, .02, q.source, rng.randrange(1024, 65535), SERVERS[q.server], 53,
                  1, 80, 1, 140) for q in genuine]
    rows += [Flow(q.time, .0, SERVERS[q.server], 53, q.source, rng.randrange(1024, 65535),
                  1, 140, 0, 0) for q in forged]
    path = folder / "flows.csv"
    with open(path, "w", newline="", encoding="ascii") as out:
        table = csv.writer(out)
        table.writerow("StartTime Dur Proto SrcAddr Sport Dir DstAddr Dport State SrcPkts DstPkts "
                       "SrcBytes DstBytes".split())
        for flow in sorted(rows):
            if not world.start <= flow.time < world.end:
                continue
            begin = local(flow.time).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            protocol = "udp" if 53 in (flow.port, flow.server_port) else "tcp"
            table.writerow([begin, f"{flow.seconds:.3f}", protocol, flow.client, flow.port, "<->",
                            flow.server, flow.server_port, "CON" if flow.packets_back else "REQ",
                            flow.packets, flow.packets_back, flow.bytes_up, flow.bytes_back])
    return Exhibit(path, ["--vantage", "passive_sensor", "--from", "Bank"] + options)


def write_mailbox(world, folder):
    """The mailboxes of the Bank's people, put together."""
    path = folder / "staff.mbox"
    box = mailbox.mbox(path)
    for mail in sorted(world.mails):
        if mail.way == "in" and not mail.accepted:
            continue
        message = mailbox.mboxMessage()
        message["From"], message["To"] = mail.sender, mail.recipient
        message["Date"] = local(mail.time).strftime("%a, %d %b %Y %H:%M:%S +0000")
        message["Message-ID"] = mail.message_id
        if mail.answers:
            message["In-Reply-To"] = mail.answers
        if mail.bulk:
            message["List-Unsubscribe"] = "<mailto:out@sender.example>"
        message["Subject"] = "about the papers"
        message.set_payload("Text.\n")
        box.add(message)
    box.close()
    return Exhibit(path, ["--vantage", "host", "--from", "Bank"])


def write_resolver(world, folder, options):
    """Unbound's log of questions with the inside hosts that asked."""
    path = folder / "unbound.log"
    with open(path, "w", encoding="ascii") as out:
        for look in sorted(world.lookups):
            if world.start <= look.time < world.end:
                out.write(f"[{int(look.time)}] unbound[581:0] info: {look.host} {look.name}. "
                          f"{look.qtype} IN\n")
    return Exhibit(path, ["--vantage", "resolver", "--from", "Bank"] + options)
