"""assay's own reading of a folder of records, through its program's commands."""
import csv
import io
import json
import pathlib
import shutil
import subprocess
import tempfile


def pair_off(found, expected, may_be):
    """The most pairs of one row and one event each; returns those left over on both sides."""
    owner = {}

    def place(index, seen):
        for number, event in enumerate(expected):
            if number not in seen and may_be(found[index], event):
                seen.add(number)
                if number not in owner or place(owner[number], seen):
                    owner[number] = index
                    return True
        return False

    left = [row for index, row in enumerate(found) if not place(index, set())]
    return left, [event for number, event in enumerate(expected) if number not in owner]


class Reading:
    """A case with every record of the folder, each added with what truth.toml states of it."""

    def __init__(self, program, folder, facts):
        self.program, self.folder, self.facts = program, folder, facts
        self.case = pathlib.Path(tempfile.mkdtemp()) / "case"

    def __enter__(self):
        self.run("init", self.case, "--title", "lab", "--key-seed", "1")
        for record in self.facts["records"]:
            self.add(record)
        stated = {record["file"].split("/")[-1]: record["file"] for record in self.facts["records"]}
        by_number = {}
        self.names = {}
        for entry in self.evidence():
            # A member of an archive counts as the archive's.
            name = by_number.get(entry["container"]) or stated[
                entry["name"].split("/")[-1].removesuffix(".gz")]
            by_number[entry["number"]] = name
            self.names[entry["id"]] = name
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.case.parent)

    def run(self, command, *arguments):
        done = subprocess.run([self.program, command, *map(str, arguments), "-q"],
                              capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"lab: assay {command} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def add(self, record):
        path = self.folder / record["file"]
        if not path.exists():
            path = path.with_name(path.name + ".gz")
        options = []
        for name in ("zone", "year", "as", "vantage", "from"):
            if name in record:
                options += [f"--{name}", record[name]]
        # What a run states in this way is complete; without a vantage nobody asks.
        if "vantage" in record:
            if "names" in record:
                options += ["--names", ",".join(record["names"])]
            for span in record["covers"]:
                options += ["--covers", span]
            options.append("--complete")
        self.run("add", self.case, path, *options)

    def ask(self, pairs, window):
        """States the parties of truth.toml and asks of each pair; the report's questions."""
        for party in self.facts["parties"]:
            hosts = [word for host in party.get("mail_hosts", []) for word in ("--mail-host", host)]
            edges = [word for edge in party.get("edges", []) for word in ("--edge", edge)]
            self.run("party", self.case, "add", party["name"], *party["holds"], *hosts, *edges)
        for first, second in pairs:
            self.run("ask", self.case, "--between", first, "--and", second, "--window", window)
        self.run("examine", self.case)
        path = self.case / "report.json"
        self.run("report", self.case, "-o", path)
        return json.loads(path.read_text())["questions"]

    def evidence(self):
        return json.loads(self.run("evidence", self.case, "--json"))["evidence"]

    def rows(self, kind=None):
        """All records of a kind as dictionaries; `file` names the record as truth.toml does."""
        words = ["--kind", kind] if kind else []
        found = csv.DictReader(io.StringIO(self.run("export", self.case, "--to", "csv", *words)))
        return [{**row, "file": self.names[row["evidence"]]} for row in found]

    def check_rejects(self, complain):
        for entry in self.evidence():
            if entry["balance"]["rejected"]:
                complain(f"{entry['name']}: assay rejects {entry['rejects']}")
