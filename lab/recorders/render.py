#!/usr/bin/env python3
"""Writes the servers' configuration: render.py SCENARIO WORK_DIR."""
import pathlib
import sys
import tomllib

import configure
import schedule

HERE = pathlib.Path(__file__).resolve().parent / "templates"
# Recorder to its template and the name that its server wants for the file.
CONFIGURATION = {
    "bind": ("bind.conf.in", "named.conf"), "unbound": ("unbound.conf.in", "unbound.conf"),
    "dnsmasq": ("dnsmasq.conf.in", "dnsmasq.conf"),
    "powerdns": ("powerdns.conf.in", "recursor.conf"),
    "powerdns-structured": ("powerdns.conf.in", "recursor.conf"),
    "dnsmasq-plain": ("dnsmasq.conf.in", "dnsmasq.conf"),
    "unbound-replies": ("unbound.conf.in", "unbound.conf"),
    "knot": ("kresd.conf.in", "kresd.conf"),
}
# The same server, told to log in another way.
LOGGING = {
    "unbound": "  log-queries: yes\n  log-replies: yes\n  log-tag-queryreply: yes",
    "unbound-replies": "  log-replies: yes\n  log-time-ascii: yes",
    "dnsmasq": "log-queries=extra", "dnsmasq-plain": "log-queries",
}


def main():
    scenario = tomllib.loads(pathlib.Path(sys.argv[1]).read_text())
    work = pathlib.Path(sys.argv[2])
    for recorder, (template, name) in CONFIGURATION.items():
        folder = work / recorder
        folder.mkdir()
        text = configure.fill(HERE / template, {
            "DIR": folder, "LAST": schedule.RECORDERS[recorder],
            "LOGGING": LOGGING.get(recorder, ""),
            "DNSTAP": "yes" if recorder == "unbound" else "no",
            "SECRET": configure.CONTROL_SECRET,
            "STRUCTURED": "yes" if recorder.endswith("structured") else "no"})
        (folder / name).write_text(text)
    (work / "bind" / "rndc.conf").write_text(configure.rndc_conf("127.0.0.1"))
    folder = work / "authoritative"
    folder.mkdir()
    for path in HERE.glob("*.zone.in"):
        (folder / path.name.removesuffix(".in")).write_text(path.read_text())
    (folder / "named.conf").write_text(
        configure.fill(HERE / "authoritative.conf.in", {"DIR": folder}))
    (work / "limit").write_text(f"{scenario['limit']}\n")


if __name__ == "__main__":
    main()
