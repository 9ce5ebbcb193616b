#!/usr/bin/env python3
"""Prints truth.toml: facts.py WORK_DIR OUT_DIR."""
import pathlib
import re
import subprocess
import sys

import truth

VERSIONS = {"postfix": ("postconf", "-d", "mail_version"), "rspamd": ("rspamd", "--version"),
            "named": ("named", "-v"), "tcpdump": ("tcpdump", "--version"),
            "pflogsumm": ("pflogsumm", "--version")}


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def pflogsumm_counts(folder):
    """The grand totals that Postfix' users know."""
    text = output("pflogsumm", str(folder / "records/postfix.log"))
    for word in ("received", "delivered", "deferred", "bounced", "rejected", "discarded"):
        count = re.search(rf"^ *(\d+) +{word}\b", text, re.M)
        yield word, int(count[1]) if count else 0


def eximstats_counts(work, folder):
    text = output("perl", str(work / "exim/usr/sbin/eximstats"), "-nr", "-ne", "-nt", "-h0",
                  str(folder / "records/exim.log"))
    received = re.search(r"^  Received +\S+ +(\d+)", text, re.M)
    delivered = re.search(r"^  Delivered +\S+ +(\d+) +(\d+)", text, re.M)
    return (("messages_received", received[1]), ("addresses_delivered", delivered[2]))


def main():
    work, folder = (pathlib.Path(argument) for argument in sys.argv[1:])
    rows = truth.read_rows(folder / "truth.tsv")
    versions = {name: truth.first_line(*command) for name, command in VERSIONS.items()}
    exim = sorted((work / "exim/packages").glob("exim4-daemon-*.deb"))[0]
    versions["exim"] = output("dpkg-deb", "-f", str(exim), "Version").strip()
    truth.print_head("mail", rows, versions)
    print("\n# By pflogsumm.\n[postfix]")
    for word, count in pflogsumm_counts(folder):
        print(f"{word} = {count}")
    print("\n# By eximstats.\n[exim]")
    for word, count in eximstats_counts(work, folder):
        print(f"{word} = {count}")
    start, end = truth.read_coverage(work / "coverage.tsv")["mail"]
    year = rows[0].time_start[:4]
    for path in sorted(folder.glob("records/*")):
        print(f"\n[[records]]\nfile = {truth.quoted(str(path.relative_to(folder)))}")
        truth.print_size(path)
        print(f'zone = "UTC"\nyear = {year}\ncovers = ["{start}/{end}"]')
    truth.print_scenario((work / "scenario.toml").read_text())


if __name__ == "__main__":
    main()
