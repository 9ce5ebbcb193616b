#!/usr/bin/env python3
"""Checks the report's JSON against its schema, and that the schema can refuse.

Usage: schema_test.py TEST_WRITERS SCHEMA [REPORT.json ...]. Without reports, TEST_WRITERS writes
its sample. Exit 77 when the package jsonschema is missing.
"""
import copy
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    from jsonschema import Draft202012Validator
except (ImportError, AttributeError):
    print("SKIPPED: python3-jsonschema (4 or later) is not installed; nothing was checked")
    sys.exit(77)


def write_sample(program):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "--gtest_filter=SampleReport.*", "--gtest_brief=1"], check=True,
                       env={**os.environ, "ASSAY_SAMPLE_DIR": folder})
        return json.loads(Path(folder, "report.json").read_text(encoding="utf-8"))


def spoilt(report):
    """Yields reports that a schema worth having refuses, each with what is wrong in it."""
    def changed(what, change):
        twin = copy.deepcopy(report)
        change(twin)
        return what, twin

    question = report["questions"][0]
    assert question["findings"] and question["verdict"]["claims"], "the sample is too thin to spoil"
    yield changed("no case hash", lambda r: r.pop("case_hash_when_examined"))
    yield changed("a hash that is none", lambda r: r.update(case_hash_when_examined="3a7b"))
    yield changed("a key nobody described", lambda r: r.update(extra=1))
    yield changed("a rung above the ladder",
                  lambda r: r["questions"][0]["verdict"].update(rung=7))
    yield changed("an answer of a fifth kind",
                  lambda r: r["questions"][0]["verdict"]["claims"][0].update(answer="perhaps"))
    yield changed("a finding without its denominator",
                  lambda r: r["questions"][0]["findings"][0].pop("denominator"))
    yield changed("a local time", lambda r: r.update(examined="2021-05-04T00:00:00+02:00"))


def main(program, schema_path, *reports):
    schema = json.loads(Path(schema_path).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    loaded = [json.loads(Path(path).read_text(encoding="utf-8")) for path in reports]
    loaded = loaded or [write_sample(program)]
    failures = 0
    for report in loaded:
        for error in validator.iter_errors(report):
            print(f"{error.json_path}: {error.message[:300]}")
            failures += 1
        for what, twin in spoilt(report):
            if validator.is_valid(twin):
                print(f"the schema accepts {what}")
                failures += 1
    print(f"report schema: {len(loaded)} report(s), {failures} failure(s), "
          f"jsonschema {importlib.metadata.version('jsonschema')}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
