#!/usr/bin/env python3
"""lab/check.py must find each kind of change to a folder of records: self_test.py [ASSAY].

Without assay the changes that need no reader; with it those that only its reading can show."""
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


def edit_text(path, old, new):
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    assert old in data, f"{path}: no {old}"
    data = data.replace(old, new, 1)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def count_one_more(folder):
    edit_text(folder / "truth.toml", b"knot = 63", b"knot = 64")


def log_another_name(folder):
    edit_text(folder / "records/dnsmasq.log.gz", b"query[A] www.", b"query[A] wwx.")


def write_another_name(folder):
    edit_text(folder / "records/knot.dnstap.gz", b"\x03www\x06sender", b"\x03wwx\x06sender")


def lose_truth(folder):
    edit_lines(folder / "truth.tsv", lambda lines: lines.pop(7))


DEMO = {
    drop_log_line: " lines, stated ",
    move_log_line: "records/ns1.query.log:11: outside the stated coverage",
    cut_capture: "records/sender-edge.pcap: -1 packets",
    drop_file: "missing/ns1.change.log: missing",
    add_file: "records/more.log: not stated",
    rename_host: "bank-resolver.log: truth.tsv lacks 127.0.11.7 www.sender.example",
}
RECORDERS = {
    count_one_more: "knot: its server counted 64 questions",
    log_another_name: "records/dnsmasq.log: assay reads what was not asked",
    write_another_name: "records/knot.dnstap: assay reads what was not asked",
    lose_truth: "assay reads what was not asked",
}


def count_a_delivery_more(folder):
    edit_text(folder / "truth.toml", b"addresses_delivered = 14", b"addresses_delivered = 15")


def refuse_somebody_else(folder):
    edit_text(folder / "records/postfix.log.gz", b"to=<ward@clinic", b"to=<other@clinic")


def defer_what_bounced(folder):
    edit_text(folder / "records/exim.log.gz", b"** clerk@bank", b"== clerk@bank")


def scan_another_message(folder):
    edit_text(folder / "records/rspamd.log.gz", b"log: id: <lab.3@", b"log: id: <lab.4@")


def deliver_to_another(folder):
    edit_text(folder / "records/maildirs.tar.gz", b"Delivered-To: desk@", b"Delivered-To: disk@")


def ask_for_no_pointer(folder):
    edit_text(folder / "records/dns.log.gz", b"query: 8.113.0.203", b"query: 7.113.0.203")


MAIL = {
    count_a_delivery_more: "assay reads 14 deliveries",
    refuse_somebody_else: "postfix.log: assay reads what was not done",
    defer_what_bounced: "exim.log: assay lacks e0007",
    scan_another_message: "rspamd.log: assay lacks e0003",
    deliver_to_another: "mailboxes: assay lacks e0002",
    ask_for_no_pointer: "dns.log: 0 questions for 8.113.0.203.in-addr.arpa, 1",
    lose_truth: "assay reads what was not done",
}


def ask_unasked(folder):
    edit_text(folder / "records/upstream.tsv", b"\tsparse3\t", b"\tsparse9\t")


def forget_a_demand(folder):
    edit_lines(folder / "truth.tsv", lambda lines: lines.pop(7))


SIMULATOR = {
    ask_unasked: "upstream.tsv: nobody asked before: unbound\t",
    forget_a_demand: "truth.tsv: Counter() and not Counter(",
}


def ask_for_another_pointer(folder):
    edit_text(folder / "records/asked.tsv", b"\tpostfix\t3\tPTR\t25.", b"\tpostfix\t3\tPTR\t26.")


def invent_a_question(folder):
    edit_text(folder / "records/asked.tsv", b"\tresolver\t3\tMX\t", b"\tresolver\t3\tMX\tx.")


def forget_a_try(folder):
    edit_text(folder / "records/asked.tsv", b"\tpostfix\tdeferred\tMX\t",
              b"\tpostfix\tdeferred\tNS\t")


CHECKS = {
    ask_for_another_pointer: "0 pointers asked for by message 3",
    invent_a_question: "nobody asked before: x.sender.example",
    forget_a_try: "7 tries put off, asked.tsv has 6",
}


def ask_for_another_file(folder):
    edit_text(folder / "records/bank-resolver.log.gz", b"192.0.2.66 files.", b"192.0.2.66 filed.")


def answer_another(folder):
    """Another letter's id in In-Reply-To: the truth knows which one was answered."""
    path = folder / "truth.tsv"
    rows = [line.split("\t") for line in path.read_text().splitlines()]
    first, second = [row for row in rows if row[6] == "reply"][:2]
    first[8], second[8] = second[8], first[8]
    path.write_text("".join("\t".join(row) + "\n" for row in rows))


def deny_the_scan(folder):
    edit_text(folder / "truth.toml", b"rescan = ", b"rescan = 1")


def forget_all_mail(folder):
    path = folder / "truth.tsv"
    lines = [line for line in path.read_text().splitlines(keepends=True)
             if line.split("\t")[6] not in ("letter", "reply", "bulk", "refused")]
    path.write_text("".join(lines))


ORGANISATIONS = {
    ask_for_another_file: "bank-resolver.log: the job asked ",
    deny_the_scan: "truth.tsv: events ",
}
ORGANISATIONS_READ = {
    answer_another: "joined wrongly: reply_message ",
    forget_all_mail: "all records of Bank and Sender: rung 5, and no mail passed",
}


def find_changes(shipped, changes, *assay):
    """How many of the changes check.py does not find."""
    failed = 0
    for change, expected in changes.items():
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch) / "lab"
            shutil.copytree(ROOT / shipped, folder)
            change(folder)
            done = subprocess.run([sys.executable, "-B", ROOT / "lab/check.py", folder, *assay],
                                  capture_output=True, text=True)
            if done.returncode != 1 or expected not in done.stderr:
                print(f"{change.__name__}: not found; check.py said:\n{done.stderr}")
                failed += 1
    return failed


def main():
    if len(sys.argv) > 1:
        failed = (find_changes("tests/data/lab/recorders", RECORDERS, sys.argv[1])
                  + find_changes("tests/data/lab/mail", MAIL, sys.argv[1])
                  + find_changes("tests/data/lab/organisations", ORGANISATIONS_READ, sys.argv[1]))
    else:
        failed = (find_changes("demo/lab", DEMO)
                  + find_changes("tests/data/lab/simulator", SIMULATOR)
                  + find_changes("tests/data/lab/checks", CHECKS)
                  + find_changes("tests/data/lab/organisations", ORGANISATIONS))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
