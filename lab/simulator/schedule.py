"""The demand that every resolver meets: (seconds, name) in order, from the scenario alone."""
import random

KINDS = ("dense", "sparse", "short", "poll", "session", "gone")
# Recorder address 192.0.2.LAST by what runs there.
RESOLVERS = {"unbound": 11, "unbound-prefetch": 12, "unbound-farm": 13, "unbound-threads": 14,
             "bind": 15, "bind-plain": 16, "powerdns": 17, "knot": 18}
SERVERS = ("203.0.113.1", "203.0.113.2", "203.0.113.3")


def names(scenario, kind):
    return [f"{kind}{number}" for number in range(1, scenario[kind]["names"] + 1)]


def poisson(rate, end, draw):
    at = draw.expovariate(rate)
    while at < end:
        yield at
        at += draw.expovariate(rate)


def times(kind, law, end, draw):
    if kind == "poll":
        at = draw.uniform(0, law["period"])
        while at < end:
            yield at + draw.uniform(0, law["jitter"])
            at += law["period"]
    elif kind == "session":
        for start in poisson(1 / law["period"], end, draw):
            yield from (start + draw.uniform(0, law["length"]) for _ in range(law["questions"]))
    else:
        yield from poisson(law["rate"], end, draw)


def build(scenario):
    demands = []
    for kind in KINDS:
        for name in names(scenario, kind):
            draw = random.Random(f"{scenario['seed']} {name}")
            demands += [(at, name) for at in times(kind, scenario[kind], scenario["duration"], draw)
                        if at < scenario["duration"]]
    return sorted(demands)
