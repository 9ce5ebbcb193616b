"""What the records of the run `demo` must hold, by a few lines of their own."""
import collections
import datetime
import re
import zoneinfo

import truth

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
QUERY = re.compile(r"\] unbound\[\S+ query: (\S+) (\S+)\. (\S+) IN$")


def stamp(line, zone):
    if line[4] == "-":
        return truth.instant(line.split()[0])
    day, month, year, hour, minute, second, milli = re.match(
        r"(\d+)-(\w+)-(\d+) (\d+):(\d+):(\d+)\.(\d+)", line).groups()
    return datetime.datetime(int(year), MONTHS.index(month) + 1, int(day), int(hour),
                             int(minute), int(second), int(milli) * 1000, tzinfo=zone)


def is_covered(when, covers):
    # BIND stamps from a coarse clock, a few milliseconds late.
    slack = datetime.timedelta(milliseconds=20)
    return any(truth.instant(start) - slack <= when <= truth.instant(end) + slack
               for start, end in (interval.split("/") for interval in covers))


def check_stamps(folder, facts, record, complain):
    name = record["file"]
    if not name.startswith("records/") or name.endswith(".pcap"):
        return
    zone = datetime.timezone.utc
    if "/ns2." in name:
        zone = zoneinfo.ZoneInfo(facts["scenario"]["clock"]["ns2_zone"])
    lines = truth.read_record(folder, name).decode("ascii").splitlines()
    for number, line in enumerate(lines, 1):
        if not is_covered(stamp(line, zone), record["covers"]):
            complain(f"{name}:{number}: outside the stated coverage")


def check_questions(folder, facts, rows, complain):
    counts = collections.Counter(f"{row.party}/{row.cause}" for row in rows if row.qname != "-")
    if dict(counts) != facts["questions"]:
        complain("truth.tsv: the questions are not those counted in truth.toml")
    # What the driver says that it asked must be what the resolvers say that they were asked.
    for party in ("bank", "clinic"):
        log = truth.read_record(folder, f"missing/{party}-resolver.log").decode("ascii")
        heard = collections.Counter(found.groups() for found in map(QUERY.search, log.splitlines())
                                    if found)
        asked = collections.Counter((row.address, row.qname, row.qtype) for row in rows
                                    if row.party.lower() == party)
        for key in asked - heard:
            complain(f"{party}-resolver.log: not asked as often as truth.tsv says: {key}")
        # A stub asks again when the resolver is slow, so more of the same is no contradiction.
        for host, name, _ in heard.keys() - asked.keys():
            # The start-up check and the names that the stub made are the only other ones.
            if name != "localhost" and not name.endswith(".corp.bank.example"):
                complain(f"{party}-resolver.log: truth.tsv lacks {host} {name}")


def check(folder, facts, rows, complain):
    for record in facts["records"]:
        check_stamps(folder, facts, record, complain)
    check_questions(folder, facts, rows, complain)
