#!/usr/bin/env python3
"""lab/check.py must find each kind of change to a folder of records."""
import gzip
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def edit_lines(path, change):
    lines = path.read_text().splitlines(keepends=True)
    change(lines)
    path.write_text("".join(lines))


def drop_log_line(folder):
    edit_lines(folder / "records/ns1.query.log", lambda lines: lines.pop(10))


def move_log_line(folder):
    def change(lines):
        lines[10] = "1999" + lines[10][4:]
    edit_lines(folder / "records/ns1.query.log", change)


def cut_capture(folder):
    path = folder / "records/sender-edge.pcap.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[:-1]))


def drop_file(folder):
    (folder / "missing/ns1.change.log").unlink()


def add_file(folder):
    (folder / "records/more.log").touch()


def rename_host(folder):
    path = folder / "truth.tsv"
    path.write_text(path.read_text().replace("127.0.11.7\t", "127.0.11.8\t"))


CHANGES = {
    drop_log_line: " lines, stated ",
    move_log_line: "records/ns1.query.log:11: outside the stated coverage",
    cut_capture: "records/sender-edge.pcap: -1 packets",
    drop_file: "missing/ns1.change.log: missing",
    add_file: "records/more.log: not stated",
    rename_host: "bank-resolver.log: truth.tsv lacks 127.0.11.7 www.sender.example",
}


def main():
    failed = 0
    for change, expected in CHANGES.items():
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch) / "lab"
            shutil.copytree(ROOT / "demo/lab", folder)
            change(folder)
            done = subprocess.run([sys.executable, "-B", ROOT / "lab/check.py", folder],
                                  capture_output=True, text=True)
            if done.returncode != 1 or expected not in done.stderr:
                print(f"{change.__name__}: not found; check.py said:\n{done.stderr}")
                failed += 1
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
