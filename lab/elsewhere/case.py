"""One case: a world with one to three causes, its records, the user's statements and the truth."""
import dataclasses
import datetime
import json
import pathlib
import subprocess

import records
from caches import Query, Site
from causes import CAUSES
from claims import draw_claims
from world import HOST, Lookup, World

BANK_RESOLVERS = ["192.0.2.53", "192.0.2.54"]


@dataclasses.dataclass
class Case:
    seed: int
    world: World
    causes: list                 # names of causes.py
    beside: str                  # alone, complete, undeclared
    servers: records.NameServers
    bank: Site
    clinic: Site
    all_queries: list            # everything that reached the three servers, within the window
    kept: dict                   # what the logs that were handed over hold
    exhibits: list
    ttl: int
    ttl_stated: bool
    sender_log: bool
    narrow: bool                 # the question is about the host's name alone
    claims: list = dataclasses.field(default_factory=list)
    days: list = dataclasses.field(default_factory=list)   # the calendar

    def rows(self):
        return sorted((time, query) for rows in self.kept.values() for time, query in rows)

    def truths(self):
        return {CAUSES[name].truth for name in self.causes} - {None}

    def is_asked(self, name):
        return name == HOST if self.narrow else name.endswith("sender.example")

    def draw_calendar(self):
        """Five days chosen before anybody looked, by chance."""
        first = datetime.datetime.fromtimestamp(self.world.start, datetime.timezone.utc).date()
        self.days = [(f"event {n}", str(first + datetime.timedelta(days=day))) for n, day in
                     enumerate(sorted(self.world.rng.sample(range(self.world.days), 5)))]

    def coincides(self):
        """False: the calendar is chance. A cause that stands for a few days may lie on it."""
        short = {"after_publication", "forged", "echoes"} & set(self.causes)
        return None if short else False


def strangers(world):
    """Askers that have nothing to do with either party: none, a few, many."""
    rng, queries = world.rng, []
    for _ in range(rng.choice([0, 0, 1, 5, 60])):
        source = f"2001:db8:{rng.randrange(16, 4000):x}::53"
        for time in world.at_any_time(rng.uniform(.02, 2)):
            queries.append(Query(time, source, HOST, rng.choice(["A", "A", "AAAA", "MX"]),
                                 rng.randrange(3)))
    for time in world.at_any_time(rng.choice([0, 0, 4, 40])):      # other names of the zone
        source = f"2001:db8:{rng.randrange(16, 4000):x}::53"
        queries.append(Query(time, source, "www.sender.example", "A", rng.randrange(3)))
    return queries


def clinic_asks(world):
    """The second asker has a demand of its own, or none."""
    rng, kind = world.rng, world.rng.choice(["none", "steady", "people"])
    if kind == "steady":
        return world.at_any_time(rng.uniform(2, 60))
    return world.at_work(rng.uniform(2, 30)) if kind == "people" else []


def draw(seed, causes, folder):
    """None when the draw has too few or too many rows to be worth a case."""
    world = World(seed)
    rng = world.rng
    ttl = rng.choice([300, 900, 1800, 3600, 3600, 7200, 14400, 86400])
    for name in causes:
        CAUSES[name].act(world)
    for kind in (world.flows, world.mails, world.lookups, world.direct):
        kind[:] = [item for item in kind if world.start <= item.time < world.end]
    bank = Site(world, BANK_RESOLVERS[:rng.choice([1, 2, 2])], ttl)
    clinic = Site(world, ["198.51.100.53"], ttl)
    genuine = list(bank.upstream(world.lookups))
    asked = [Lookup(time, "198.51.100.101", HOST, "A") for time in clinic_asks(world)]
    direct = [Query(d.time, d.source, d.name, d.qtype, rng.randrange(3)) for d in world.direct]
    queries = [q for q in genuine + list(clinic.upstream(asked)) + direct + strangers(world)
               if world.start <= q.time < world.end]
    rows = sum(q.source.startswith("192.0.2.") for q in queries)
    if not 40 <= rows <= 12000:
        return None
    beside = rng.choice(["alone", "alone", "complete", "undeclared"])
    servers = records.NameServers(world, rng.random() < .6)
    kept = servers.keep(world, queries)
    if sum(q.source.startswith("192.0.2.") for rows in kept.values() for _, q in rows) < 30:
        return None
    case = Case(seed, world, causes, beside, servers, bank, clinic, queries, kept, [], ttl,
                rng.random() < .6, False, "tunnel" not in causes and rng.random() < .5)
    case.draw_calendar()
    case.exhibits = servers.write(world, kept, folder)
    if beside != "alone":
        add_records_beside(case, genuine, direct, folder)
    case.claims = draw_claims(case)
    return case


def add_records_beside(case, genuine, direct, folder):
    world = case.world
    options = records.covers(world, []) + ["--complete"] if case.beside == "complete" else []
    mails, flows = records.other_traffic(world)
    forged = [q for q in direct if q.source.startswith("192.0.2.")]
    case.exhibits.append(records.write_bank_mail(world, mails, folder, options))
    if world.rng.random() < .4:
        case.sender_log = True
        case.exhibits.append(records.write_sender_mail(world, folder, options))
    case.exhibits.append(records.write_flows(world, flows, genuine, forged, folder, options))
    if world.mails and world.rng.random() < .5:
        case.exhibits.append(records.write_mailbox(world, folder))
    if world.rng.random() < .3:
        case.exhibits.append(records.write_resolver(world, folder, options))


class Assay:
    """The program, used as its documents say."""

    def __init__(self, program, folder):
        self.program, self.folder, self.talk = program, folder, []

    def run(self, command, *words, ok=(0,)):
        done = subprocess.run([self.program, command, str(self.folder), *map(str, words), "--json"],
                              capture_output=True, text=True)
        if done.returncode not in ok:
            raise RuntimeError(f"{command} {words}: exit {done.returncode}: "
                               f"{done.stdout[:600]} {done.stderr[:600]}")
        self.talk += [line for line in done.stderr.splitlines() if line.strip()]
        return json.loads(done.stdout)


def state(case, assay):
    """What a user states: init, add, party, ask, and claims in case.toml."""
    world = case.world
    assay.run("init", "--title", f"Case {case.seed}")
    rejected = 0
    for exhibit in case.exhibits:
        told = assay.run("add", exhibit.path, *exhibit.options)
        for file in told["files"]:
            if file["outcome"] not in ("added", "already_here"):   # two empty lists are one
                raise RuntimeError(f"{exhibit.path}: {file}")
            rejected += sum(r["count"] for r in file.get("rejects", []))
    assay.run("party", "add", "Bank", "192.0.2.0/24", "bank.example", "*.bank.example", "--zone",
              world.zone_name, "--mail-host", "mx1.bank.example", "--edge", "flows.csv")
    assay.run("party", "add", "Clinic", "198.51.100.0/24", "clinic.example")
    assay.run("party", "add", "Sender", "203.0.113.0/24", "sender.example", "*.sender.example",
              "--mail-host", HOST)
    window = "/".join(datetime.datetime.fromtimestamp(t, datetime.timezone.utc).strftime(
        "%Y-%m-%dT%H:%M:%SZ") for t in (world.start, world.end))
    assay.run("ask", "--between", "Bank", "--and", "Sender", "--window", window,
              *(["--names", HOST] if case.narrow else []))
    with open(assay.folder / "case.toml", "a", encoding="ascii") as out:
        if case.ttl_stated:
            out.write(f'\n[ttl]\n"{HOST}" = {case.ttl}\n')
        for name, day in case.days:
            out.write(f'\n[[calendar]]\nname = "{name}"\nwhen = "{day}"\n')
        for claim in case.claims:
            out.write(f'\n[[claim]]\nid = "{claim.id}"\nkind = "{claim.kind}"\n')
            for field, value in claim.fields.items():
                out.write(f"{field} = {json.dumps(value)}\n")
    return rejected
