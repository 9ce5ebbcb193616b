#!/usr/bin/env python3
"""Writes the servers' configuration: render.py SCENARIO WORK_DIR."""
import pathlib
import sys
import tomllib

import configure
import schedule

HERE = pathlib.Path(__file__).resolve().parent
ZONES = ("example", "113.0.203.in-addr.arpa", "sender.example")

# Three ways in which operators run the same server: each log needs another reading.
PRINT_STYLES = {
    "ns1": "print-time iso8601-utc; print-category yes; print-severity yes;",
    "ns2": "print-time yes; print-category yes; print-severity yes;",
    "ns3": "print-time yes; print-category no; print-severity no;",
}


def write_named(work, name, scenario):
    address = f"127.0.20.{name[-1]}"
    # Another address, so that a server whose answers are lost can still be controlled.
    control = f"127.0.21.{name[-1]}"
    folder = work / name
    folder.mkdir()
    zone = scenario["zone"]
    for origin in ZONES:
        if origin == "sender.example" and name != "ns1":
            continue
        values = {key.upper(): zone[key] for key in ("ttl", "policy_ttl", "negative_ttl")}
        text = configure.fill(HERE / "zones" / f"{origin}.zone.in", values)
        (folder / f"{origin}.zone").write_text(text)
    if name == "ns1":
        sender = ('zone "sender.example" { type primary; file "sender.example.zone";'
                  " allow-update { 127.0.20.99; }; };")
    else:
        sender = ('zone "sender.example" { type secondary; file "sender.example.copy";'
                  " masterfile-format text; primaries { 127.0.20.1; }; };")
    has_view = name == "ns3"
    text = configure.fill(HERE / "templates" / "named.conf.in", {
        "NAME": name, "ADDRESS": address, "CONTROL": control, "DIR": folder,
        "SECRET": configure.CONTROL_SECRET, "PRINT": PRINT_STYLES[name], "SENDER_ZONE": sender,
        "VIEW_OPEN": 'view "outside" {' if has_view else "",
        "VIEW_CLOSE": "};" if has_view else ""})
    (folder / "named.conf").write_text(text)
    (folder / "rndc.conf").write_text(configure.rndc_conf(control))


def write_unbound(work, party, service, outgoing, scenario):
    folder = work / party
    folder.mkdir()
    resolver = scenario["resolver"]
    def yes(flag):
        return "yes" if resolver.get(flag, False) else "no"
    text = configure.fill(HERE / "templates" / "unbound.conf.in", {
        "PARTY": party, "DIR": folder, "SERVICE": service, "RETRY_MS": resolver["retry_ms"],
        "PREFETCH": yes(f"{party}_prefetch"), "MIXED_CASE": yes(f"{party}_mixed_case"),
        "OUTGOING": "\n".join(f"  outgoing-interface: {a}" for a in outgoing)})
    (folder / "unbound.conf").write_text(text)


def write_all(work, scenario):
    zone_name = scenario["clock"]["ns2_zone"]
    if not (pathlib.Path("/usr/share/zoneinfo") / zone_name).is_file():
        # Without it the C library would silently print UTC.
        sys.exit(f"lab: no time zone {zone_name} on this machine; install tzdata")
    schedule.build(scenario)  # a missing key should fail now, not after the servers are up
    for name in PRINT_STYLES:
        write_named(work, name, scenario)
    write_unbound(work, "bank", "127.0.11.53", ("127.0.10.1", "127.0.10.2"), scenario)
    write_unbound(work, "clinic", "127.0.31.53", ("127.0.30.1",), scenario)
    (work / "resolv.conf").write_text(
        "nameserver 127.0.11.53\n"
        f"search {' '.join(scenario['bank']['suffixes'])}\n"
        "options ndots:1 timeout:5 attempts:2\n")
    (work / "nsswitch.conf").write_text("hosts: dns\n")
    (work / "ns2.zone_name").write_text(zone_name + "\n")
    (work / "limit").write_text(f"{scenario['limit']}\n")


def main():
    scenario = tomllib.loads(pathlib.Path(sys.argv[1]).read_text())
    work = pathlib.Path(sys.argv[2])
    try:
        write_all(work, scenario)
    except KeyError as missing:
        sys.exit(f"lab: the scenario lacks the key {missing}; see lab/scenario.toml")


if __name__ == "__main__":
    main()
