"""From a scenario to causes: who wants to know what, when and why. No clock, no network."""
import dataclasses
import random

MAIL1 = "mail1.sender.example"
POINTER = "25.113.0.203.in-addr.arpa"
# The names that one stored newsletter of Sender and one of somebody else contain.
STORED_NAMES = (MAIL1, "img.sender.example", "click.sender.example", "www.sender.example",
                "news.other.example", "img.other.example")
UNRELATED_NAMES = ("www.shop.example", "news.other.example", "img.other.example")

BANK, CLINIC = "127.0.11.53", "127.0.31.53"


@dataclasses.dataclass
class Event:
    """One cause. `steps` are asked in order, each after the answer to the one before."""
    at: float          # seconds from the start
    party: str
    host: str
    address: str       # source address of the question
    cause: str
    server: str = ""   # address that is asked
    tool: str = "dig"
    steps: tuple = ()  # (qname, qtype) pairs
    pause: float = 0.0 # seconds between steps
    stop_on_failure: bool = False
    until: float = 0.0 # for a change of state that is undone: seconds from the start


def poisson(rng, mean, duration):
    at = rng.expovariate(1 / mean)
    while at < duration:
        yield at
        at += rng.expovariate(1 / mean)


def periodic(period, duration, first):
    at = first
    while at < duration:
        yield at
        at += period


def mail_check(at, party, host, address, server):
    """What a receiving mail server asks about a connection: forward-confirmed reverse DNS
    and the sender's policy."""
    return Event(at, party, host, address, "mail-check", server, stop_on_failure=True,
                 steps=((POINTER, "PTR"), (MAIL1, "A"), ("sender.example", "TXT"),
                        ("sender.example", "MX")))


def bank_events(rng, scenario):
    bank, duration = scenario["bank"], scenario["duration"]
    for at in poisson(rng, bank["mail_check_mean"], duration):
        last = rng.choice((25, 26))
        yield mail_check(at, "Bank", f"mx-{last - 24}", f"127.0.11.{last}", BANK)
    for at in periodic(bank["monitor_period"], duration, first=3.0):
        yield Event(at, "Bank", "monitor-1", "127.0.11.7", "monitoring", BANK,
                    steps=(("www.sender.example", "A"),))
    for at in poisson(rng, bank["stub_mean"], duration):
        yield Event(at, "Bank", "app-3", "127.0.11.66", "application", BANK, tool="getent",
                    steps=((MAIL1, "A"),))
    for at in bank["rescan_starts"]:
        yield Event(at, "Bank", "archive-1", "127.0.11.40", "rescan", BANK, pause=0.15,
                    steps=tuple((name, "A") for name in STORED_NAMES))
    for at in poisson(rng, bank["unrelated_mean"], duration):
        yield Event(at, "Bank", "desk-9", "127.0.11.90", "unrelated", BANK,
                    steps=((rng.choice(UNRELATED_NAMES), "A"),))


def clinic_events(rng, scenario):
    clinic, duration = scenario["clinic"], scenario["duration"]
    for at in periodic(clinic["monitor_period"], duration, first=5.0):
        yield Event(at, "Clinic", "monitor-2", "127.0.31.7", "monitoring", CLINIC,
                    steps=((MAIL1, "A"),))
    for at in poisson(rng, clinic["mail_check_mean"], duration):
        yield mail_check(at, "Clinic", "mx-3", "127.0.31.25", CLINIC)
    for at in poisson(rng, clinic["unrelated_mean"], duration):
        yield Event(at, "Clinic", "desk-4", "127.0.31.90", "unrelated", CLINIC,
                    steps=((rng.choice(UNRELATED_NAMES), "A"),))


def sender_events(scenario):
    sender = scenario["sender"]

    def change(at, host, address, cause, until=0.0):
        return Event(at, "Sender", host, address, cause, tool="state", until=until)

    for name, start, end in sender["answers_lost"]:
        yield change(start, name, f"127.0.20.{name[-1]}", "answers-lost", end)
    for start, end in sender["ns3_stopped"]:
        yield change(start, "ns3", "127.0.20.3", "server-stopped", end)
    start, end = sender["query_log_off"]
    yield change(start, "ns1-ns3", "127.0.20.0/24", "query-log-off", end)
    yield change(sender["record_removed"], "operator", "127.0.20.99", "record-removed")


def outside_events(scenario):
    yield Event(scenario["outside"]["probe_at"], "Outside", "researcher", "127.0.40.7", "probe",
                "127.0.20.1", steps=((MAIL1, "A"), (MAIL1, "ANY"), ("sender.example", "AXFR")))


def build(scenario):
    # One generator each: a change in Clinic's demand leaves Bank's as it was.
    seed = scenario["seed"]
    events = [*bank_events(random.Random(f"{seed}/bank"), scenario),
              *clinic_events(random.Random(f"{seed}/clinic"), scenario),
              *sender_events(scenario), *outside_events(scenario)]
    return sorted(events, key=lambda event: event.at)
