"""What somebody or something did. Each cause adds to the world and says nothing of records.

`truth` is the name that `assay explanations` has for it, None where no explanation names it.
`timed` says who sets the moments: "people", "program" (also a mailing's), or "mixed".
`office`: do its look-ups keep the asker's working day?
"""
import collections
import datetime
import math

from world import BANK_MX, DAY, HOST, HOST_ADDRESS, Direct

Cause = collections.namedtuple("Cause", "act truth timed office")
APPLIANCE = "192.0.2.30"
SERVER_HOST = "192.0.2.40"


def check_sender(world, time):
    """What a mail gateway asks of a host that connects: address, policy, exchanger; not all."""
    world.ask(time + world.rng.uniform(.05, .4), BANK_MX)
    if world.rng.random() < .7:
        world.ask(time + world.rng.uniform(.3, 1.5), BANK_MX, "sender.example", "TXT")
    if world.rng.random() < .3:
        world.ask(time + world.rng.uniform(.5, 2), BANK_MX, "sender.example", "MX")


def marketing(world):
    """A mailing now and then, at many recipients within the hour; the gateway checks each."""
    rng = world.rng
    per_week, clock = rng.uniform(1, 6), rng.choice([None, 0, 7 * 60, 30 * 60])
    for day in range(world.days):
        if rng.random() > per_week / 7:
            continue
        begin = world.start + day * DAY + (rng.randrange(6, 18) * 3600 + clock
                                           if clock is not None else rng.uniform(0, DAY))
        for number in range(rng.randrange(1, 45)):
            time = begin + rng.expovariate(1 / 900)
            check_sender(world, time)
            world.mail(time, "in", "news@sender.example", f"staff{number}@bank.example",
                       accepted=rng.random() < .85, bulk=True)


def archive_scan(world):
    """An appliance opens stored mail again: nightly stretches, or a backlog without rhythm."""
    rng = world.rng
    if rng.random() < .5:
        hour, rate = rng.uniform(18, 30), rng.uniform(5, 80)
        for day in range(world.days):
            for _ in range(world.poisson(rate)):
                world.ask(world.start + day * DAY + hour * 3600 + rng.expovariate(1 / 5000),
                          APPLIANCE)
    else:
        for time in world.at_any_time(rng.uniform(4, 150)):
            world.ask(time, APPLIANCE)


def poll(world):
    """Monitoring that nobody took down: a fixed period by day and night, retries, a connection."""
    rng = world.rng
    period = rng.choice([60, 300, 600, 900, 1800, 3600, 5400, 7200])
    world.timers.append(period)
    connects, reached = rng.random() < .5, rng.random() < .7
    for time in world.every(period, jitter=rng.choice([0, 0, .01, .05])):
        world.ask(time, SERVER_HOST)
        if connects:
            world.connect(time + .1, SERVER_HOST, HOST_ADDRESS, 443, 700, 3000 if reached else 0)


def office_cron(world):
    """A scheduled job that runs in working hours on working days only."""
    rng = world.rng
    every = rng.choice([15, 30, 60]) * 60
    world.timers.append(every)
    offset = rng.randrange(0, 900)
    time = world.start + offset
    while time < world.end:
        local = datetime.datetime.fromtimestamp(time, world.zone)
        if local.weekday() < 5 and 8 <= local.hour < 18:
            world.ask(time + rng.uniform(0, 3), SERVER_HOST)
        time += every


def beacon(world):
    """Left by an intruder: calls home at an interval with jitter, a few bytes each time."""
    rng = world.rng
    period = rng.choice([600, 1800, 3600, 14400])
    world.jittered.append(period)
    host = world.desk()
    for time in world.every(period, jitter=rng.uniform(.1, .5)):
        world.ask(time, host)
        world.connect(time + .2, host, HOST_ADDRESS, 443, rng.randrange(300, 900),
                      rng.randrange(800, 2500))


def conversation(world):
    """Persons write and answer. The Bank's mail host asks for the exchanger before it delivers,
    and checks what arrives."""
    rng = world.rng
    world.policy = rng.choice(["anybody", "list"])
    pairs = [(f"clerk{n}@bank.example", f"person{n}@sender.example")
             for n in range(rng.randrange(1, 5))]
    for time in world.at_work(rng.uniform(.6, 6)):
        bank, other = rng.choice(pairs)
        way, answers = rng.choice(["in", "out"]), None
        for _ in range(1 + min(6, int(rng.expovariate(.7)))):
            if time >= world.end:
                break
            if way == "out":
                world.ask(time, BANK_MX, "sender.example", "MX")
                world.ask(time + .1, BANK_MX)
                answers = world.mail(time + .3, "out", bank, other, answers)
            else:
                check_sender(world, time)
                answers = world.mail(time, "in", other, bank, answers)
            way = "in" if way == "out" else "out"
            time = world.awake(time + rng.lognormvariate(8, 1.6))


def mail_client(world):
    """Desks that keep a mailbox on the host open: at the start of the day, then again and again."""
    rng = world.rng
    desks = [world.desk() for _ in range(rng.randrange(1, 5))]
    for time in world.at_work(rng.uniform(3, 25)):
        host = rng.choice(desks)
        for step in range(rng.randrange(1, 5)):
            world.ask(time + step * 600, host)
            world.connect(time + step * 600 + .1, host, HOST_ADDRESS, 993, 900, 6000, 300)


def tunnel(world):
    """Data written into names."""
    rng = world.rng
    for begin in world.at_any_time(rng.uniform(.2, 2)):
        for step in range(rng.randrange(20, 120)):
            label = "".join(rng.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(40))
            world.ask(begin + step * rng.uniform(.3, 3), SERVER_HOST, f"{label}.t.sender.example",
                      rng.choice(["TXT", "TXT", "A"]))


def replication(world):
    """A copy between two databases, on a clock."""
    rng = world.rng
    period = rng.choice([1800, 3600, 6 * 3600, DAY])
    world.timers.append(period)
    time = world.start + rng.uniform(0, period)
    while time < world.end:
        late = rng.expovariate(1 / 4)
        world.ask(time + late, SERVER_HOST)
        world.connect(time + late + .1, SERVER_HOST, HOST_ADDRESS, 5432, 4000,
                      int(rng.lognormvariate(13, 1)), 30)
        time += period


def invitations(world):
    """A third party uses the host: notices reach staff by other ways, who open the link."""
    rng = world.rng
    for begin in world.at_work(rng.uniform(.1, .6)):
        for _ in range(rng.randrange(3, 50)):
            time = world.awake(begin + rng.lognormvariate(8.3, 1.5))
            if time < world.end:
                host = world.desk()
                world.ask(time, host)
                world.connect(time + .1, host, HOST_ADDRESS, 443, 1500, 40000, 20)


def browsing(world):
    """Staff look at pages on the host. Nothing but people, and no mail."""
    for time in world.at_work(world.rng.uniform(3, 40)):
        host = world.desk()
        world.ask(time, host)
        world.connect(time + .1, host, HOST_ADDRESS, 443, 1500, 60000, 30)


def link_checks(world):
    """Software opens names in mail of others that staff get: the moments are the writers'."""
    for time in world.at_work(world.rng.uniform(5, 60)):
        world.ask(time + world.rng.expovariate(1 / 20), APPLIANCE)


def forged(world):
    """Somebody asks with the Bank's resolvers as source; no host of the Bank took part."""
    rng = world.rng
    if rng.random() < .5:
        moments = world.at_any_time(rng.uniform(4, 60))
    else:
        begin = rng.uniform(world.start, world.end - DAY)
        moments = [begin + rng.expovariate(1 / 20000) for _ in range(rng.randrange(80, 1500))]
    for time in moments:
        if time < world.end:
            world.direct.append(Direct(time, "192.0.2.53", HOST, "A"))
            world.forged += 1


def echoes(world):
    """Names seen once are asked again much later, here and elsewhere; nobody wants them."""
    rng = world.rng
    seen = [rng.uniform(world.start, world.start + DAY * min(7, world.days))
            for _ in range(rng.randrange(3, 12))]
    for time in seen:
        check_sender(world, time)
        for _ in range(rng.randrange(4, 60)):
            again = time + rng.lognormvariate(12.5, 1.5)
            if again >= world.end:
                continue
            if rng.random() < .5:
                world.ask(again, APPLIANCE)
            else:
                source = f"2001:db8:e::{rng.randrange(1, 90):x}"
                world.direct.append(Direct(again, source, HOST, "A"))


def after_publication(world):
    """The name was in print: staff try it at work, strangers anywhere, fewer each day."""
    rng = world.rng
    day = world.start + world.days * DAY * rng.uniform(.3, .7)
    kinds = ["A", "A", "A", "AAAA", "MX", "TXT", "ANY"]
    for time in world.at_work(rng.uniform(20, 120)):
        if time > day and rng.random() < math.exp((day - time) / (4 * DAY)):
            host = world.desk()
            world.ask(time, host, HOST, rng.choice(kinds))
            if rng.random() < .3:
                world.connect(time + 2, host, HOST_ADDRESS, 25, 120, 90)
    for _ in range(rng.randrange(30, 300)):
        world.direct.append(Direct(day + rng.expovariate(1 / (2.5 * DAY)),
                                   f"2001:db8:f:{rng.randrange(1, 300):x}::53", HOST,
                                   rng.choice(kinds)))


CAUSES = {
    "marketing": Cause(marketing, "live_mail_with_checks", "program", False),
    "archive_scan": Cause(archive_scan, "archive_rescan", "program", False),
    "poll": Cause(poll, "misconfigured_application", "program", False),
    "office_cron": Cause(office_cron, "misconfigured_application", "program", True),
    "beacon": Cause(beacon, "compromised_host", "program", False),
    "conversation": Cause(conversation, "person_to_person_mail", "people", True),
    "mail_client": Cause(mail_client, "mailbox_on_the_host", "people", True),
    "tunnel": Cause(tunnel, "data_in_lookups", "program", False),
    "replication": Cause(replication, "data_copied_between_systems", "program", False),
    "invitations": Cause(invitations, "another_use_of_the_host", "people", True),
    "browsing": Cause(browsing, None, "people", True),
    "link_checks": Cause(link_checks, None, "mixed", True),
    "forged": Cause(forged, "forged_sources", "program", False),
    "echoes": Cause(echoes, "replayed_lookups", "mixed", False),
    "after_publication": Cause(after_publication, "probing_after_disclosure", "people", False),
}
