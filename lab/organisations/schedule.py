"""Who does what when, from the scenario's seed. No clock, no network."""
import dataclasses
import random

# The router's world; one BIND for the root and for Outside.
ROOT = "203.0.113.53"
# Each host: its network and its address.
HOSTS = {
    "bank-ns": ("bank", "192.0.2.53"), "bank-dns": ("bank", "192.0.2.54"),
    "bank-mx": ("bank", "192.0.2.25"), "bank-archive": ("bank", "192.0.2.40"),
    "bank-app": ("bank", "192.0.2.66"),
    "sender-ns": ("sender", "198.51.100.53"), "sender-dns": ("sender", "198.51.100.54"),
    "sender-mail": ("sender", "198.51.100.25"), "sender-news": ("sender", "198.51.100.30"),
    "root": ("outside", ROOT), "client": ("outside", "203.0.113.9"),
}
PARTY = {"bank": "Bank", "sender": "Sender", "outside": "Outside"}
RESOLVER = {"bank": "192.0.2.54", "sender": "198.51.100.54", "outside": ROOT}
CLERKS = ("clerk@bank.example", "desk@bank.example")
WRITERS = ("ann@sender.example", "bob@sender.example")
ARCHIVE = "archive@bank.example"
NOBODY = "nobody.here@bank.example"
NEWS, OTHER = "news@sender.example", "carol@other.example"
STALE = "files.sender.example"  # what the job asks for; the zone no longer has it
WORDS = ("invoice", "visit", "order", "meeting", "contract", "delivery", "question", "figures")


@dataclasses.dataclass
class Event:
    """One cause. Mail has a writer and recipients; `answers` is the event that a reply answers."""
    number: int
    pause: float      # seconds from the end of the one before
    cause: str
    host: str
    writer: str = ""
    recipients: tuple = ()
    subject: str = ""
    answers: int = 0

    @property
    def message_id(self):
        return f"<lab.{self.number}@{self.writer.split('@')[1]}>" if self.writer else "-"


def host_of(writer):
    return "bank-mx" if writer.endswith("@bank.example") else "sender-mail"


def mail(rng, scenario, cause, number, pause, open_letters):
    subject = f"{rng.choice(WORDS)} {number}"
    if cause == "reply":
        asked = open_letters.pop(rng.randrange(len(open_letters)))
        writer = asked.recipients[0]
        return Event(number, pause, cause, host_of(writer), writer, (asked.writer,),
                     "Re: " + asked.subject.removeprefix("Re: "), asked.number)
    if cause == "bulk":
        return Event(number, pause, cause, "sender-news", NEWS,
                     CLERKS[:scenario["bulk_recipients"]], "News: " + subject)
    if cause == "outside":
        return Event(number, pause, cause, "client", OTHER, (rng.choice(CLERKS),), subject)
    if cause == "refused":
        return Event(number, pause, cause, "sender-mail", rng.choice(WRITERS), (NOBODY,), subject)
    ours, theirs = rng.choice(CLERKS), rng.choice(WRITERS)
    writer, recipient = (ours, theirs) if rng.random() < 0.5 else (theirs, ours)
    return Event(number, pause, cause, host_of(writer), writer, (recipient,), subject)


def build(scenario):
    """Events without an end; whoever drives them stops when the time is over."""
    rng = random.Random(scenario["seed"])
    weights = scenario["events"]
    open_letters, is_in_archive, number = [], scenario["archive_before"] > 0, 0
    while True:
        cause = rng.choices(list(weights), list(weights.values()))[0]
        pause = 1 + rng.expovariate(1 / (scenario["gap"] - 1))
        if (cause == "reply" and not open_letters) or (cause == "rescan" and not is_in_archive):
            continue
        number += 1
        if cause == "rescan":
            yield Event(number, pause, cause, "bank-archive")
            continue
        event = mail(rng, scenario, cause, number, pause, open_letters)
        if cause in ("letter", "reply"):
            open_letters.append(event)
        is_in_archive |= cause != "refused"
        yield event


def old_newsletter(number, date):
    event = Event(number, 0, "bulk", "sender-news", NEWS, CLERKS, f"News: of old {number}")
    return text(event, date, None).replace(event.message_id, f"<old.{number}@sender.example>")


def trace(number, date):
    """What Postfix writes above a message that it delivers."""
    news, server = (HOSTS[host][1] for host in ("sender-news", "bank-mx"))
    return (f"Return-Path: <{NEWS}>\nX-Original-To: {ARCHIVE}\nDelivered-To: {ARCHIVE}\n"
            f"Received: from news1.sender.example (news1.sender.example [{news}])\n"
            f"\tby mx1.bank.example (Postfix) with ESMTP id 0ADE{number:02d}\n"
            f"\tfor <{CLERKS[0]}>; {date}\n")


def text(event, date, asked):
    """The message; `asked` is the Message-ID that a reply names."""
    head = {"From": event.writer, "To": event.recipients[0], "Subject": event.subject,
            "Date": date, "Message-ID": event.message_id}
    if asked:
        head |= {"In-Reply-To": asked, "References": asked}
    if event.cause == "bulk":
        head |= {"List-Unsubscribe": "<https://news1.sender.example/leave>",
                 "List-Id": "News <news.sender.example>", "Precedence": "bulk"}
    lines = "".join(f"{name}: {value}\n" for name, value in head.items())
    return (f"{lines}MIME-Version: 1.0\nContent-Type: text/plain\n\n"
            f"About {event.subject} there is this to say, in message {event.number}.\n")
