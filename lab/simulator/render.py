#!/usr/bin/env python3
"""Writes the servers' configuration: render.py SCENARIO WORK_DIR."""
import pathlib
import sys
import tomllib

import configure
import schedule

HERE = pathlib.Path(__file__).resolve().parent / "templates"
LONG = 86400  # of everything that is not the subject: it stays in the caches


def resolver(work, name, template, configuration, **values):
    folder = work / name
    folder.mkdir()
    (folder / "hints").write_text("".join(
        f". {LONG} IN NS ns{i}.sender.example.\nns{i}.sender.example. {LONG} IN A {address}\n"
        for i, address in enumerate(schedule.SERVERS, 1)))
    last = schedule.RESOLVERS[name.removesuffix("-2")]
    text = configure.fill(HERE / template, {"DIR": folder, "LAST": last, **values})
    (folder / configuration).write_text(text)


def zone(origin, lines, negative_ttl):
    servers = "".join(f"@ IN NS ns{i}.sender.example.\n" for i in range(1, 4))
    return (f"$ORIGIN {origin}\n$TTL {LONG}\n@ IN SOA ns1.sender.example. "
            f"hostmaster.sender.example. 1 3600 600 604800 {negative_ttl}\n{servers}{lines}")


def write_zones(folder, scenario):
    glue = "".join(f"ns{i}.sender.example. IN A {address}\n"
                   for i, address in enumerate(schedule.SERVERS, 1))
    delegation = "".join(f"{{}} IN NS ns{i}.sender.example.\n" for i in range(1, 4))
    (folder / "root.zone").write_text(zone(".", delegation.replace("{}", "example.") + glue, 60))
    (folder / "example.zone").write_text(
        zone("example.", delegation.replace("{}", "sender") + glue, 60))
    lines = "".join(f"{name} {scenario[kind]['ttl']} IN A 203.0.113.25\n"
                    for kind in schedule.KINDS if scenario[kind]["ttl"]
                    for name in schedule.names(scenario, kind))
    (folder / "sender.example.zone").write_text(
        zone("sender.example.", glue + lines, scenario["negative_ttl"]))


def main():
    scenario = tomllib.loads(pathlib.Path(sys.argv[1]).read_text())
    work = pathlib.Path(sys.argv[2])
    for name, prefetch, threads in (("unbound", "no", 1), ("unbound-prefetch", "yes", 1),
                                    ("unbound-farm", "no", 1), ("unbound-farm-2", "no", 1),
                                    ("unbound-threads", "no", 4)):
        resolver(work, name, "unbound.conf.in", "unbound.conf", PREFETCH=prefetch, THREADS=threads)
    resolver(work, "bind", "bind.conf.in", "named.conf", PREFETCH="// the usual: 2 9")
    resolver(work, "bind-plain", "bind.conf.in", "named.conf", PREFETCH="prefetch 0;")
    resolver(work, "powerdns", "powerdns.conf.in", "recursor.conf")
    resolver(work, "knot", "kresd.conf.in", "kresd.conf")
    folder = work / "authoritative"
    folder.mkdir()
    write_zones(folder, scenario)
    (folder / "named.conf").write_text(
        configure.fill(HERE / "authoritative.conf.in", {"DIR": folder}))
    (work / "limit").write_text(f"{scenario['limit']}\n")


if __name__ == "__main__":
    main()
