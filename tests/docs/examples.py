#!/usr/bin/env python3
"""Holds what the pages of docs quote of a run against what the program prints.

Usage: examples.py ASSAY ROOT. In a paragraph on a run (`scenarios/NAME.toml`), every text in
straight quotes has to stand in a statement of that case, pieces apart by "..." in their order.
"""
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# Scenario: logs of the names' servers and further evidence; who holds what; names and window.
SENDER = "sender.example"
CASES = {
    "archive-rescan": ([], ["192.0.2.10", "192.0.2.11"], ["news1.sender.example"], [],
                       "2021-05-04T00:00:00Z/2021-09-23T00:00:00Z", "Europe/Berlin"),
    "correspondence": ([], ["192.0.2.10", "192.0.2.25"], ["mail1.sender.example"], [],
                       "2021-05-04T00:00:00Z/2021-07-04T00:00:00Z", "Europe/Berlin"),
    "office-batch-with-outage": ([], ["192.0.2.10"], ["mail1.sender.example"], [],
                                 "2021-05-04T00:00:00Z/2021-08-04T00:00:00Z", "Asia/Tokyo"),
    "campaign-with-checks": (
        [("reverse_zone.query.log", "authoritative"), ("blocklists.query.log", "authoritative"),
         ("bank.mail.log", "mail_server"), ("bank.flows.txt", "host")],
        ["192.0.2.10", "192.0.2.11", "192.0.2.25", "bank.example"],
        ["203.0.113.25", "news1.sender.example", SENDER],
        ["news1.sender.example", "25.113.0.203.in-addr.arpa", "25.113.0.203.bl.list.example",
         SENDER, "bank.example"],
        "2021-05-04T00:00:00Z/2021-06-15T00:00:00Z", "Europe/Berlin"),
}


def statements(assay, scenario, folder):
    more, bank, sender, names, window, zone = CASES[scenario.stem]
    files, case = folder / "files", folder / "case"

    def run(*arguments):
        done = subprocess.run([assay, *map(str, arguments), "-q"], capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            sys.exit(f"assay {' '.join(map(str, arguments))}: {done.stderr}")

    run("simulate", scenario, "-o", files)
    run("init", case, "--title", "an example")
    run("add", case, *sorted(files.glob("ns?.query.log")), "--vantage", "authoritative")
    for name, vantage in more:
        whose = [] if vantage == "authoritative" else ["--from", "Bank"]
        run("add", case, files / name, "--vantage", vantage, *whose)
    run("party", case, "add", "Bank", *bank, "--zone", zone)
    run("party", case, "add", "Sender", *sender)
    asked = [part for name in names or sender for part in ("--names", name)]
    run("ask", case, "--between", "Bank", "--and", "Sender", *asked, "--window", window)
    run("examine", case)
    run("report", case, "-o", folder / "report.html")
    report = (folder / "report.json").read_text(encoding="utf-8")
    question = json.loads(report)["questions"][0]
    verdict = question["verdict"]
    return ([f["statement"] for f in question["findings"]]
            + [f"{verdict['rung_statement']} {verdict['statement']}"])


def quotes(page):
    """Yields (scenario, quoted text) of one page."""
    text = re.sub(r"\n(?!\n)", " ", page.read_text(encoding="utf-8"))
    for paragraph in text.split("\n"):
        scenario = None
        for found in re.finditer(r'`(?:scenarios/)?([\w-]+)\.toml`|"([^"]{20,})"', paragraph):
            scenario = found.group(1) or scenario
            if found.group(2) and scenario:
                yield scenario, found.group(2)


def stands_in(quote, statement):
    at = 0
    for piece in re.split(r" ?\.\.\.,? ?", quote):
        at = statement.find(piece.strip(" .,;"), at)
        if at < 0:
            return False
    return True


def main():
    assay, root = sys.argv[1], Path(sys.argv[2])
    wanted = [(page, *quote) for page in sorted((root / "docs").rglob("*.md"))
              for quote in quotes(page) if quote[0] in CASES]
    said = {}
    for name in sorted({scenario for _, scenario, _ in wanted}):
        with tempfile.TemporaryDirectory() as folder:
            said[name] = statements(assay, root / f"scenarios/{name}.toml", Path(folder))
    stale = [f"{page.relative_to(root)}: {name} no longer says: {quote}"
             for page, name, quote in wanted
             if not any(stands_in(quote, statement) for statement in said[name])]
    print("\n".join(stale) or f"{len(wanted)} quotations stand")
    return 1 if stale or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
