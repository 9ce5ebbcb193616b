"""What a recording of the run `simulator` must hold whatever the resolvers do."""
import collections

import truth
from simulator import schedule

MOST_WAIT_MS = 45_000  # from the last demand for a name to the last retry for it


def check(folder, facts, rows, complain):
    scenario = facts["scenario"]
    wanted = collections.Counter(name for _, name in schedule.build(scenario))
    asked = collections.Counter(row.name for row in rows)
    if wanted != asked:
        complain(f"truth.tsv: {asked - wanted} and not {wanted - asked}")
    times = collections.defaultdict(list)
    for row in rows:
        times[row.name].append(int(row.time_ms))
    lines = truth.read_record(folder, "records/upstream.tsv").decode().splitlines()[1:]
    seen = collections.defaultdict(set)
    for line in lines:
        resolver, at, name, server = line.split("\t")
        seen[resolver].add(name)
        # A cache asks because somebody asked it (15 ms: BIND logs by a coarse clock).
        if not any(-15 <= int(at) - time <= MOST_WAIT_MS for time in times[name]):
            complain(f"upstream.tsv: nobody asked before: {line}")
        if server not in ("1", "2", "3"):
            complain(f"upstream.tsv: no such server: {line}")
    for resolver in schedule.RESOLVERS:
        if missing := set(wanted) - seen[resolver]:
            complain(f"upstream.tsv: {resolver} never asked for {sorted(missing)}")


def compare(read, facts, rows, complain):
    complain("the rows of this run are for tests/sim, not for assay")
