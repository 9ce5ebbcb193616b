"""assay's own reading of a folder of records, through its program's commands."""
import csv
import io
import json
import pathlib
import shutil
import subprocess
import tempfile


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
        self.names = {entry["id"]: stated[entry["name"].split("/")[-1].removesuffix(".gz")]
                      for entry in self.evidence()}
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
        for name in ("zone", "year", "as"):
            if name in record:
                options += [f"--{name}", record[name]]
        self.run("add", self.case, path, *options)

    def evidence(self):
        return json.loads(self.run("evidence", self.case, "--json"))["evidence"]

    def rows(self, kind=None):
        """All records of a kind as dictionaries; `file` names the record as truth.toml does."""
        words = ["--kind", kind] if kind else []
        found = csv.DictReader(io.StringIO(self.run("export", self.case, "--to", "csv", *words)))
        return [{**row, "file": self.names[row["evidence"]]} for row in found]
