"""What every run writes beside its records, in one shape: truth.tsv and truth.toml."""
import collections
import datetime
import gzip
import shutil
import subprocess
import tomllib

# Of every run: when, who, from where, why. What was done and how it ended differs by run.
EVENT = ("event", "time_start", "time_end", "party", "host", "address", "cause")
Row = collections.namedtuple("Row", EVENT + ("qname", "qtype", "outcome"))
MailRow = collections.namedtuple("MailRow", EVENT + ("message_id", "envelope_from", "recipient",
                                                     "outcome", "code"))


def utc_now():
    now = datetime.datetime.now(datetime.timezone.utc)
    return now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z"


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def write_rows(path, rows):
    with open(path, "w", encoding="ascii") as out:
        out.write("\t".join(rows[0]._fields) + "\n")
        for row in sorted(rows, key=lambda row: (row[1], row[0])):
            out.write("\t".join(row) + "\n")


def read_rows(path):
    heading, *lines = (line.split("\t") for line in path.read_text().splitlines())
    row = collections.namedtuple("Row", heading)
    return [row(*line) for line in lines]


def read_facts(folder):
    return tomllib.loads((folder / "truth.toml").read_text())


def read_coverage(path):
    """File stem to start and end of its recording, as common.sh notes them."""
    return {stem: (start, end) for stem, start, end in
            (line.split("\t") for line in path.read_text().splitlines())}


def read_record(folder, name):
    """The bytes of a record, which may lie there compressed."""
    plain = folder / name
    return plain.read_bytes() if plain.exists() else gzip.decompress(
        (folder / (name + ".gz")).read_bytes())


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def first_line(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    return (done.stdout or done.stderr).splitlines()[0].strip()


def packets(path):
    done = subprocess.run(["tcpdump", "-n", "-q", "-r", str(path)], capture_output=True, text=True)
    return len(done.stdout.splitlines())


def tshark_counts(path):
    """DNS messages and queries; None without tshark, which not every run needs."""
    if shutil.which("tshark") is None:
        return None
    done = subprocess.run(
        ["tshark", "-n", "-r", str(path), "-Y", "dns", "-T", "fields", "-E", "occurrence=a",
         "-e", "dns.flags.response"], capture_output=True, text=True, check=True)
    flags = [flag for line in done.stdout.splitlines() for flag in line.split(",")]
    return len(flags), sum(flag in ("0", "False") for flag in flags)


def print_head(run, rows, versions):
    print("# Written by lab/run. Counts are of the uncompressed files; times are UTC.")
    print(f"run = {quoted(run)}")
    print(f"time_first = {quoted(rows[0].time_start)}")
    print(f"time_last = {quoted(max(row.time_end for row in rows))}\n")
    print("[versions]")
    for name, text in versions.items():
        print(f"{name} = {quoted(text)}")


def print_size(path):
    """What can be counted without knowing the format: packets, lines or bytes."""
    if path.suffix == ".pcap":
        print(f"packets = {packets(path)}")
        counts = tshark_counts(path)
        if counts:
            print(f"dns_messages = {counts[0]}  # by tshark\ndns_queries = {counts[1]}")
    elif path.suffix in (".dnstap", ".netflow", ".tar"):
        print(f"bytes = {path.stat().st_size}")
    else:
        print(f"lines = {len(path.read_bytes().splitlines())}")


def print_scenario(text):
    print("\n# The scenario, as it was played.\n[scenario]")
    for line in text.splitlines():
        if line.startswith("["):
            print(f"\n[scenario.{line[1:]}")
        elif line and not line.startswith("#"):
            print(line)
