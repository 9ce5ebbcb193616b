"""Turns a file of the public SPF test suite (rfc7208-tests.yml of openspf.org) into JSON.

spf_suite.py FILE > JSON

A list of scenarios: `zone` has the values by "name TYPE" (names in lower case, without their last
dot), `failing` the "name TYPE" whose look-up times out, `tests` have host, helo, mailfrom and the
results that are right; an empty mailfrom is postmaster at helo (RFC 7208, 2.4). As the suite asks,
records of type SPF stand for TXT where a name has no TXT of its own.
Exit code 77 without PyYAML.
"""

import json
import sys

try:
    import yaml
except ImportError:
    sys.exit(77)

TYPES = ("TXT", "A", "AAAA", "MX", "PTR", "CNAME", "SOA")


def text_of(kind, value):
    if kind == "MX":
        return f"{value[0]} {value[1]}"
    if isinstance(value, list):
        return "".join(str(part) for part in value)
    return str(value)


def scenario(document):
    zone, failing = {}, []
    for name, records in (document.get("zonedata") or {}).items():
        name = str(name).lower().rstrip(".")
        own = {}
        for record in records:
            if record == "TIMEOUT":  # of whatever type the name has no record of
                continue
            for kind, value in record.items():
                own.setdefault(kind, [])
                if value == "TIMEOUT":
                    failing.append(f"{name} {'TXT' if kind == 'SPF' else kind}")
                elif value != "NONE":
                    own[kind].append(text_of(kind, value))
        if "TXT" not in own and "SPF" in own:
            own["TXT"] = own["SPF"]
        if "TIMEOUT" in records:
            failing += [f"{name} {kind}" for kind in TYPES if not own.get(kind)]
        for kind, values in own.items():
            zone[f"{name} {kind}"] = values
    tests = []
    for name, test in document["tests"].items():
        result = test["result"]
        tests.append({"name": name, "host": str(test["host"]), "helo": str(test.get("helo") or ""),
                      "mailfrom": str(test.get("mailfrom") or test.get("helo") or ""),
                      "result": result if isinstance(result, list) else [result]})
    return {"description": document.get("description", ""), "zone": zone, "failing": failing,
            "tests": tests}


with open(sys.argv[1], encoding="utf-8") as file:
    json.dump([scenario(each) for each in yaml.safe_load_all(file) if each], sys.stdout)
