"""Quotations about a case, each with what is true of it; None where truth is a matter of words."""
import collections
import datetime
import zoneinfo

from causes import CAUSES
from world import CITIES, HOST, HOST_ADDRESS

Claim = collections.namedtuple("Claim", "id kind fields true")
UTC = datetime.timezone.utc


def of_bank(queries):
    return sum(q.source.startswith("192.0.2.") for q in queries)


def hours_between(case, one, other):
    """The least that lay between two zones' clocks over the record, in hours."""
    least = 24
    for end in (case.world.start, (case.world.start + case.world.end) / 2, case.world.end):
        offsets = [datetime.datetime.fromtimestamp(end, zoneinfo.ZoneInfo(zone)).utcoffset()
                   .total_seconds() / 3600 for zone in (one, other)]
        away = abs(offsets[0] - offsets[1])
        least = min(least, away, 24 - away)
    return least


def keeps_office(case, zone):
    """True: all of the Bank's demand keeps working days, in this zone. False: it keeps none, or
    those of a zone that is always three hours away and more. None between, and for mixtures."""
    kinds = {CAUSES[name].office for name in case.causes}
    if kinds == {False}:
        return False
    if kinds != {True}:
        return None
    away = hours_between(case, zone, case.world.zone_name)
    return True if away < .6 else False if away >= 3 else None


def timed(case):
    """{"people"}, {"program"} or both; a cause whose program follows people is both."""
    kinds = {CAUSES[name].timed for name in case.causes}
    return kinds | {"people", "program"} if "mixed" in kinds else kinds


def shares(case):
    """Figures about the list that was handed over and about the world, some of them wrong."""
    everything = [q for q in case.all_queries if case.is_asked(q.name)]
    listed = [q for _, q in case.rows() if case.is_asked(q.name)]
    if not listed or not of_bank(listed):
        return
    share, world_share = (100 * of_bank(q) / len(q) for q in (listed, everything))
    quote = round(share)
    holds = quote - .5 <= share < quote + .5
    said = {"party": "Bank", "value": f"{quote} %", "dedup": "raw"}
    yield Claim("share-list", "share", {**said, "of": "files"}, holds)
    yield Claim("share-all", "share", {**said, "of": "names"},
                quote - .5 <= world_share < quote + .5)
    wrong = quote - 7 if quote > 50 else quote + 7
    yield Claim("share-wrong", "share", {**said, "value": f"{wrong} %", "of": "files"}, False)
    rows = of_bank(listed)
    yield Claim("count", "count", {"party": "Bank", "value": str(rows), "dedup": "raw"},
                of_bank(everything) == rows)
    yield Claim("count-wrong", "count", {"party": "Bank", "value": str(rows * 2), "dedup": "raw"},
                of_bank(everything) == rows * 2)


def askers(case):
    everything = [q for q in case.all_queries if case.is_asked(q.name)]
    others = [q for q in everything if not q.source.startswith(("192.0.2.", "198.51.100."))]
    yield Claim("nobody-else", "exclusive", {"parties": ["Bank", "Clinic"]}, not others)
    yield Claim("only-a", "only_types", {"types": ["A"]}, all(q.qtype == "A" for q in everything))
    if len(case.bank.addresses) > 1:
        yield Claim("one-machine", "acts_as_one", {"party": "Bank"},
                    None if case.world.forged else case.bank.acts_as_one())


def hours(case):
    rng = case.world.rng
    other, third = rng.sample([z for z in CITIES if z != case.world.zone_name], 2)
    for name, zones in (("office-own", [case.world.zone_name]), ("office-other", [other]),
                        ("office-two", [other, third])):
        truth = [keeps_office(case, zone) for zone in zones]
        # Two offices: no case has a second one, so both cannot keep them.
        true = truth[0] if len(zones) == 1 else (None if None in truth or True in truth else False)
        yield Claim(name, "active_in_office_hours", {"party": "Bank", "zones": zones}, true)


def programs(case):
    has_program, has_people = ("program" in timed(case)), ("people" in timed(case))
    yield Claim("automated", "automated", {"party": "Bank"}, has_program)
    yield Claim("not-bots", "not_automated", {"party": "Bank"}, not has_program)
    timers = case.world.timers
    hourly = True if 3600 in timers else None if timers else False
    yield Claim("hourly", "period", {"party": "Bank", "value": "1", "unit": "hour"},
                None if hourly and has_people or 3600 in case.world.jittered else hourly)


def deeds(case):
    both = {"parties": ["Bank", "Sender"]}
    yield Claim("no-contact", "no_contact", both, not case.world.contact())
    yield Claim("no-mail", "no_mail", both, not case.world.passed_mail())
    year = datetime.datetime.fromtimestamp(case.world.start, UTC).year
    where = {"name": HOST}
    if case.world.rng.random() < .5:
        where["addresses"] = [HOST_ADDRESS]
    yield Claim("unused", "unused_since", {"date": str(year - 6), **where},
                not case.world.contact() and not case.sender_log)
    yield Claim("handful", "accepts_only", {"askers": ["Bank", "Clinic"], "party": "Sender"},
                case.world.policy == "list")
    yield Claim("on-the-day", "coincides_with", {"party": "Bank"}, case.coincides())


def draw_claims(case):
    return [claim for group in (shares, askers, hours, programs, deeds) for claim in group(case)]
