#!/usr/bin/env python3
"""Prints how many joins of assay's are right beside the truth: score.py OUT_DIR ASSAY."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import reading
import truth
from organisations import check

COLUMNS = ("right", "wrong", "wrong, relied on", "ambiguous", "missed")


def main():
    folder = pathlib.Path(sys.argv[1])
    facts, rows = truth.read_facts(folder), truth.read_rows(folder / "truth.tsv")
    with reading.Reading(sys.argv[2], folder, facts) as read:
        questions = check.ask(read, facts)
        found = check.score(read, questions[0], facts, rows)
    print("events:", ", ".join(f"{count} {cause}" for cause, count in facts["events"].items()))
    print(f"{'join':18}" + "".join(f"{column:>17}" for column in COLUMNS))
    for word, counts in found.counts.items():
        print(f"{word:18}" + "".join(f"{counts[column]:17}" for column in COLUMNS))
    for wrong in found.wrong:
        print(f"wrong: {wrong.word} of {' '.join(wrong.left_events) or 'no event'} to "
              f"{' '.join(wrong.right_events)}{', ambiguous' * wrong.is_ambiguous}")
    for pair, question in zip(check.PAIRS, questions):
        verdict = question["verdict"]
        print(f"{' and '.join(pair)}: rung {verdict['rung']}, "
              f"excluded: {', '.join(verdict['excluded']) or 'none'}")


if __name__ == "__main__":
    main()
