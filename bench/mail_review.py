#!/usr/bin/env python3
"""A mailbox of known duplicates, its review by assay, and how often the review was right.

Usage: bench/mail_review.py [--messages N] [--texts N] [--seed N] [--assay PROGRAM] [--data DIR]
Half of the messages are known, half are new. Of the new ones the generator knows what each is:
see KINDS. Prints CPU seconds, seconds and peak memory of adding and of reviewing, and recall and
precision of every class. Exit code 1 when one is below 99 % or a limit of time or memory is broken.
"""
import argparse
import collections
import csv
import json
import random
import shutil
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
import measure  # noqa: E402

csv.field_size_limit(1 << 24)
VOCABULARY = 20_000
# What a new message is, the class that the review should give it, and of how many it is one.
KINDS = {
    "same": ("known", 30),             # other Received fields, stored elsewhere
    "no_id": ("known", 4),             # the Message-ID is gone, header and text stayed
    "edited": ("id_reused", 4),        # a known Message-ID, one paragraph other
    "resent": ("same_text", 6),        # the text under another id and date
    "swapped": ("other_attachments", 3),
    "near": ("near_copy", 14),         # words changed here and there, Jaccard 0.80 to 0.95
    "far": ("new", 5),                 # half of the words are others: no near copy
    "cut": ("part_copy", 6),           # the first part of a known text
    "quoted": ("part_copy", 4),        # known only as a quotation in a known reply
    "reply": ("new", 6),               # new words above a known text, quoted
    "fresh": ("new", 16),
    "twice": ("repeated", 2),          # a `fresh` one again, by another way
}
MARKS = ["Attorney-Client Privileged", "PRIVILEGED AND CONFIDENTIAL", "SECRET//NOFORN"]
MINUTES_LIMIT, MEMORY_LIMIT_MIB = 10, 2048


class Writer:
    def __init__(self, seed):
        self.random = random.Random(seed)
        letters = "abcdefghijklmnopqrstuvwxyz"
        self.words = ["".join(self.random.choices(letters, k=self.random.randint(3, 9)))
                      for _ in range(VOCABULARY)]
        self.count = 0

    def text(self, words):
        return self.random.choices(self.words, k=words)

    def message(self, body, number=None, quoted=None, attachment=None, subject=None, date=None,
                with_id=True, salt=""):
        """One message as bytes of an mbox; `number` names it, its id and its date."""
        self.count += 1
        number = self.count if number is None else number
        at = 1_400_000_000 + (number if date is None else date) * 61
        lines = ["From clerk@bank.example Sat Jan  1 00:00:00 2022",
                 f"Received: from mx{salt}.sender.example (mx.sender.example [203.0.113.7])",
                 f"\tby mail.bank.example with ESMTP id Q{self.count:09d};"
                 " Sat, 1 Jan 2022 00:00:00 +0000",
                 f"From: Clerk {number % 977} <clerk{number % 977}@sender.example>",
                 f"To: desk{number % 89}@bank.example",
                 f"Date: {when(at)}",
                 f"Subject: {subject or ' '.join(self.words[number * 7 % VOCABULARY:][:4])}"]
        if with_id:
            lines.append(f"Message-ID: <m{number}@sender.example>")
        text = [" ".join(body[i:i + 12]) for i in range(0, len(body), 12)]
        if quoted:
            text += ["", "On that day somebody wrote:"]
            text += ["> " + " ".join(quoted[i:i + 10]) for i in range(0, len(quoted), 10)]
        if attachment is not None:
            lines += ["MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b1"', "",
                      "--b1", "Content-Type: text/plain; charset=utf-8", "", *text, "--b1",
                      "Content-Type: application/octet-stream; name=figures.bin", "",
                      f"figures {attachment}", "--b1--"]
        else:
            lines += ["Content-Type: text/plain; charset=utf-8", "", *text]
        return "\n".join(lines) + "\n\n"


DAYS = ("Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed")


def when(seconds):
    t = time.gmtime(seconds)
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    return (f"{DAYS[(seconds // 86400) % 7]}, {t.tm_mday} {months[t.tm_mon - 1]} {t.tm_year} "
            f"{t.tm_hour:02}:{t.tm_min:02}:{t.tm_sec:02} +0000")


def changed(writer, body, jaccard):
    """`body` with single words replaced so that five-word phrases have this index in common."""
    phrases = len(body) - 4
    lost = phrases * (1 - jaccard) / (1 + jaccard)
    body = list(body)
    places = max(1, round(lost / 5))
    step = (len(body) - 10) // places
    for i in range(places):
        body[5 + i * step + writer.random.randrange(max(1, step - 5))] = \
            writer.words[writer.random.randrange(VOCABULARY)] + "x"
    return body


def make(folder, messages, seed, texts=0):
    """known.mbox, new.mbox and truth.csv: position in new.mbox, kind, marked."""
    writer = Writer(seed)
    rnd = writer.random
    pool = [writer.text(rnd.randint(60, 260)) for _ in range(texts)]
    kinds = [kind for kind, (_, weight) in KINDS.items() for _ in range(weight)]
    with open(folder / "known.mbox", "w") as known, open(folder / "new.mbox", "w") as new, \
            open(folder / "truth.csv", "w") as truth:
        offset, recent, fresh = 0, [], []

        def put(text, kind, marked):
            nonlocal offset
            new.write(text)
            truth.write(f"{offset},{kind},{int(marked)}\n")
            offset += len(text)

        for _ in range(messages // 2):
            kind = rnd.choice(kinds)
            is_pooled = pool and kind not in ("quoted", "reply")
            body = rnd.choice(pool) if is_pooled else writer.text(rnd.randint(60, 260))
            attachment = rnd.randrange(10**9) if rnd.random() < 0.2 else None
            if kind == "swapped":
                attachment = rnd.randrange(10**9)
            if kind == "quoted":
                known.write(writer.message(writer.text(30), quoted=body))
            else:
                known.write(writer.message(body, attachment=attachment))
            own = writer.count
            marked = rnd.random() < 0.02 and kind == "fresh"
            add = dict(number=own, attachment=attachment, salt="2")
            later = own + 50_000_000
            if kind == "same":
                text = writer.message(body, **add)
            elif kind == "no_id":
                text = writer.message(body, with_id=False, **add)
            elif kind == "edited":
                cut = len(body) // 3
                text = writer.message(body[:cut] + writer.text(40) + body[cut + 30:], **add)
            elif kind == "resent":
                text = writer.message(body, number=later, attachment=attachment)
            elif kind == "swapped":
                text = writer.message(body, number=later, attachment=rnd.randrange(10**9))
            elif kind == "near":
                other = changed(writer, body, rnd.uniform(0.82, 0.95))
                text = writer.message(other, number=later)
            elif kind == "far":
                text = writer.message(changed(writer, body, rnd.uniform(0.2, 0.5)), number=later)
            elif kind == "cut":
                end = rnd.randint(25, max(26, int(len(body) * 0.6)))
                text = writer.message(body[:end], number=later)
            elif kind == "quoted":
                text = writer.message(body, number=later)
            elif kind == "reply":
                text = writer.message(writer.text(rnd.randint(20, 60)), number=later, quoted=body)
            elif kind == "twice" and fresh:
                text, marked = fresh.pop()
                text = text.replace("from mx.", "from mx3.", 1)
            else:
                kind = "fresh"
                body = writer.text(rnd.randint(20, 260))
                if marked:
                    body.insert(rnd.randrange(len(body)), rnd.choice(MARKS))
                text = writer.message(body, number=later)
                fresh = (fresh + [(text, marked)])[-3:]
            put(text, kind, marked)


def score(truth_path, review_path):
    classes = {}
    marked_found = set()
    with open(review_path, newline="") as file:
        for row in csv.DictReader(file):
            at = int(row["message"].split(":")[1])
            classes[at] = row["class"]
            if row["markings"]:
                marked_found.add(at)
    right, given, wanted = (collections.Counter() for _ in range(3))
    confusion = collections.Counter()
    marked = set()
    for line in open(truth_path):
        at, kind, is_marked = line.split(",")
        expected, got = KINDS[kind][0], classes.get(int(at), "missing")
        confusion[kind, got] += 1
        wanted[expected] += 1
        given[got] += 1
        right[expected] += expected == got
        if int(is_marked):
            marked.add(int(at))
    results = {name: (right[name] / wanted[name], right[name] / max(1, given[name]), wanted[name])
               for name in wanted}
    results["marked"] = (len(marked & marked_found) / max(1, len(marked)),
                         len(marked & marked_found) / max(1, len(marked_found)), len(marked))
    return results, confusion


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--texts", type=int, default=0,
                        help="known texts, each repeated; 0: each message has its own")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--assay", default="build/release/assay")
    parser.add_argument("--data", default="build/bench-mail")
    options = parser.parse_args()
    folder = Path(options.data) / f"{options.messages}-{options.texts}-{options.seed}"
    if not (folder / "truth.csv").exists():
        folder.mkdir(parents=True, exist_ok=True)
        make(folder, options.messages, options.seed, options.texts)
    case, out = folder / "case", folder / "review"
    shutil.rmtree(case, ignore_errors=True)
    shutil.rmtree(out, ignore_errors=True)
    measure.run([options.assay, "init", str(case)])
    adding = measure.run([options.assay, "add", str(case), str(folder / "known.mbox"),
                          str(folder / "new.mbox"), "-q"])
    reviewing = measure.run([options.assay, "mail", "review", str(case), "--known", "message-1",
                             "--new", "message-2", "--out", str(out), "--json"],
                            folder / "review.json")
    size = sum((folder / f"{name}.mbox").stat().st_size for name in ("known", "new"))
    print(f"{options.messages:,} messages, {size / 1e6:,.0f} MB, seed {options.seed}")
    failed = False
    for name, cost in (("add", adding), ("review", reviewing)):
        print(f"{name:<8}{cost.cpu_seconds:8.1f} CPU s {cost.wall_seconds:8.1f} s "
              f"{cost.peak_mib:7.0f} MiB")
        failed |= cost.peak_mib > MEMORY_LIMIT_MIB
    failed |= reviewing.cpu_seconds > MINUTES_LIMIT * 60
    results, confusion = score(folder / "truth.csv", out / "review.csv")
    for name, (recall, precision, count) in sorted(results.items()):
        print(f"{name:<18} recall {recall:7.4f}  precision {precision:7.4f}  of {count:,}")
        failed |= recall < 0.99 or precision < 0.99
    for (kind, got), count in sorted(confusion.items()):
        if KINDS[kind][0] != got:
            print(f"  {kind} taken for {got}: {count}")
    print(json.dumps(json.load(open(folder / "review.json"))["threads"]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
