"""Which messages go to which set-up, and from whom. No clock, no network."""
import dataclasses

# One BIND: the root at the first address, and every other zone at the second.
ROOT, AUTHORITATIVE = "203.0.113.52", "203.0.113.53"
RESOLVER_OUT = "192.0.2.50"
# One Unbound; who asks it is told by the address that was asked.
RESOLVER = {"postfix": "192.0.2.53", "rspamd": "192.0.2.54", "spamassassin": "192.0.2.55"}
# One Postfix; the address that a client connects to decides what it does.
SETUPS = {"restrictions": "192.0.2.25", "rspamd": "192.0.2.26", "spamassassin": "192.0.2.27",
          "postscreen": "192.0.2.28"}
# What the DNS says of each client's address.
CLIENTS = {"confirmed": "198.51.100.25", "pointer-elsewhere": "198.51.100.8",
           "no-pointer": "198.51.100.7"}
SINK, DEFERRING = "198.51.100.25", "198.51.100.26"
# Client, and whether the message is signed and has a link, of each round.
ROUNDS = (("confirmed", True), ("pointer-elsewhere", True), ("no-pointer", True),
          ("confirmed", False))
CLERK = "clerk@bank.example"
HELO = "mail1.sender.example"
JOBS = ("cron1", "cron2", "cron3")  # due at every minute


@dataclasses.dataclass
class Mail:
    at: float
    setup: str
    client: str
    is_signed: bool


def build(scenario):
    mails = []
    for turn in range(scenario["rounds"]):
        client, is_signed = ROUNDS[turn % len(ROUNDS)]
        for place, setup in enumerate(SETUPS):
            start = (turn * len(SETUPS) + place) * scenario["block"]
            mails += [Mail(start + again * scenario["pause"], setup, client, is_signed)
                      for again in range(2)]
    return mails


def text(number, mail, date):
    link = "Read on: http://www.shop.example/news\n" if mail.is_signed else ""
    return (f"From: News <news@sender.example>\nTo: Clerk <{CLERK}>\nSubject: News {number}\n"
            f"Date: {date}\nMessage-ID: <lab.{number}@sender.example>\n"
            f"MIME-Version: 1.0\nContent-Type: text/plain\n\n"
            f"Nothing new this week, but more of it next week.\n{link}")
