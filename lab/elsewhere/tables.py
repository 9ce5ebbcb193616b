"""Sums results up: what assay got wrong, and what a naive reader of the same records did."""
import collections
import math
import re


def misleading(ln_lr, true, k):
    """Does the ratio say more than k for the side that is not true?"""
    return (ln_lr if not true else -ln_lr) > math.log(k) + 1e-9


def table(*heads):
    print("\n| " + " | ".join(heads) + " |\n" + "|---" * len(heads) + "|")


def row(*cells):
    print("| " + " | ".join(map(str, cells)) + " |")


def verdicts(results):
    table("first cause", "cases", "mixtures", "insufficient, inconclusive, settled", "contact",
          "of these shown", "shown without any", "rung too high", "a cause excluded",
          "truth excluded", "truth survives", "another alone")
    groups = collections.defaultdict(list)
    for result in results:
        groups[result["causes"][0]].append(result)
    for name, cases in [*groups.items(), ("all", results)]:
        def count(test):
            return sum(bool(test(case)) for case in cases)
        named = count(lambda c: c["truths"])
        words = [count(lambda c: c["conclusion"] == word)
                 for word in ("insufficient", "inconclusive", "settled")]
        row(name, len(cases), count(lambda c: len(c["causes"]) > 1), ", ".join(map(str, words)),
            count(lambda c: c["contact"]), count(lambda c: c["contact"] and c["rung"] > 1),
            count(lambda c: c["rung"] > 1 and not c["contact"]),
            count(lambda c: c["rung"] > c["true_rung"]), count(lambda c: c["excluded"]),
            f"{count(lambda c: c['truth_excluded'])} of {named}",
            f"{count(lambda c: c['truths'] and c['truth_survives'])} of {named}",
            count(lambda c: c["wrong_single"]))


def is_wrong(true, answer):
    return true is False and answer == "supported" or true is True and answer == "contradicted"


def is_failed(result):
    """What must not happen, whatever the records are."""
    return result["truth_excluded"] or result["wrong_single"] or \
        result["rung"] > 1 and not result["contact"]


TOTALS = ("share-list", "share-all", "count", "count-wrong", "nobody-else", "only-a")


def is_led_astray(result, claim="share-all"):
    """Of totals: rows were deleted, or a server of the zone handed nothing over."""
    return claim in TOTALS and (result["hidden_server"] or result["deleted"])


def claims(results):
    table("claim", "answers", "of true ones: supported, within files, left open, contradicted",
          "of untrue ones: the same", "not judged", "wrong", "of these led astray")
    order = ["supported", "supported_only_within_these_files", "not_testable", "contradicted"]
    counted = collections.defaultdict(list)
    for result in results:
        for name, true, answer, _ in result["claims"]:
            counted[name].append((true, answer, result))
    for name, told in counted.items():
        cells = [", ".join(str(sum(t is true and a == answer for t, a, _ in told))
                           for answer in order) for true in (True, False)]
        wrong = [r for t, a, r in told if is_wrong(t, a)]
        row(name, len(told), *cells, sum(t is None for t, _, _ in told), len(wrong),
            sum(is_led_astray(r, name) for r in wrong))


def ratios(results):
    table("weighed claim", "cases", "no number", "told for it (2 and more, > 10), though untrue",
          "being true", "told against it, though true", "being untrue")
    for claim in ("person_timed", "exchange", "timer"):
        told = [(true, ln_lr) for r in results for name, true, ln_lr in r["weights"]
                if name == claim and true is not None]
        cells = []
        for being, sign in ((False, 1), (True, 1), (True, -1), (False, -1)):
            numbers = [sign * ln_lr for true, ln_lr in told if true is being and ln_lr is not None]
            cells.append(f"{sum(n >= math.log(1.995) for n in numbers)}, "
                         f"{sum(n > math.log(10) for n in numbers)} of {len(numbers)}")
        row(claim, len(told), sum(ln_lr is None for _, ln_lr in told), *cells)


PARTS = {  # what an answer should carry: how it is told from its sentence or its numbers
    "number": lambda c: re.search(r"\d", c["in_short"] + c["statement"]),
    "denominator": lambda c: re.search(r"\d of (?:the )?[\d,]+|\d % of |of \d", c["statement"]),
    "interval": lambda c: any(q.get("interval") for q in c["quantities"]) or
    re.search(r"\d to \d|at most", c["statement"]),
    "window": lambda c: re.search(r"\d{4}-\d\d-\d\dT", c["statement"]),
    "counting rule": lambda c: re.search(r"raw rows|collapsed|bursts", c["statement"]),
    "missing record": lambda c: c["would_test"],
}


def parts_of(claim):
    return [part for part, test in PARTS.items() if test(claim)]


def carried(results):
    """What the sentence of an answer tells besides yes and no."""
    table("claim", "answers", *PARTS)
    for name in SEED_CLAIMS:
        told = [parts for r in results for claim, parts in r["parts"] if claim == name]
        row(name, len(told), *(sum(part in parts for parts in told) for part in PARTS))


SEED_CLAIMS = ("share-all", "share-wrong", "count", "nobody-else", "office-own", "office-two",
               "not-bots", "unused", "no-mail", "no-contact", "handful")


def answers(results, name):
    for result in results:
        for claim, true, answer, _ in result["claims"]:
            if claim == name and result["naive"]:
                yield result, true, answer


def shares_held(results):
    whole = [r for r in results if r["interval"]]
    told = []
    for kind, cases in (("all", whole), ("with every server and row",
                                         [r for r in whole if not is_led_astray(r)])):
        lost = sum(not r["interval"][0] <= r["share"] <= r["interval"][1] for r in cases)
        told.append(f"interval misses it in {lost} of {len(cases)} {kind}")
    return "; ".join(told)


def supported(told):
    return sum(answer.startswith("supported") for _, answer in told)


def beside_naive(results):
    read = [r for r in results if r["naive"]]
    table("naive saying", "said in", "wrong in", "assay, of the same records", "wrong")

    def said(word):
        return [r for r in read if r["naive"][word]]

    def told(*names):
        return [(true, answer) for name in names for _, true, answer in answers(results, name)]

    off = sum(abs(round(r["naive"]["share"]) - r["share"]) > .5 for r in read)
    row("the share, to the per cent", len(read), off, shares_held(read), "")
    cities = said("city")
    hours = told("office-own", "office-other", "office-two")
    row("office hours of a city", len(cities),
        sum(r["office"] == [False] or r["naive"]["city_away"] >= 3 for r in cities),
        f"{supported(hours)} of {len(hours)} claims held",
        sum(a.startswith("supported") and t is False for t, a in hours))
    bots = told("not-bots")
    row("irregular, so not bots", len(said("not_bots")),
        sum(r["timed"] == ["program"] for r in said("not_bots")),
        f"{supported(bots)} held, {sum(a == 'contradicted' for _, a in bots)} contradicted, "
        f"{sum(a == 'not_testable' for _, a in bots)} left open",
        sum(is_wrong(t, a) for t, a in bots))
    alone = told("nobody-else")
    row("nobody else asked", len(said("nobody_else")),
        sum(t is False for r, t, _ in answers(results, "nobody-else") if r["naive"]["nobody_else"]),
        f"{sum(a == 'supported' for _, a in alone)} supported outright, {supported(alone)} with "
        "those within the files", sum(is_wrong(t, a) for t, a in alone))
    mail = told("no-mail")
    row("no MX was asked, so no mail", len(said("no_mail")),
        sum(r["mail"] for r in said("no_mail")),
        f"{supported(mail)} held, {sum(a == 'contradicted' for _, a in mail)} contradicted",
        sum(a.startswith("supported") and t is False or is_wrong(t, a) for t, a in mail))
    row("so many look-ups are communication", len(said("a_contact")),
        sum(not r["contact"] for r in said("a_contact")),
        f"contact said in {sum(r['rung'] > 1 for r in results)}",
        sum(r["rung"] > 1 and not r["contact"] for r in results))
    row("a handful of addresses, so secretive", len(said("secretive")),
        "none of the causes hides anything from others", "not said; who else asked is counted", "")


def misses(results):
    """All of them, but those of counts that somebody's declaration led astray."""
    print("\nMisses:\n")
    for r in results:
        what = []
        if r["truth_excluded"]:
            what.append(f"truth excluded: {r['truth_excluded']}")
        if r["wrong_single"]:
            what.append("another cause alone")
        if r["rung"] > r["true_rung"]:
            what.append(f"rung {r['rung']}, truly {r['true_rung']}")
        what += [f"{name}: {answer}, truly {true} ({short})" for name, true, answer, short in
                 r["claims"] if is_wrong(true, answer) and not is_led_astray(r, name)]
        what += [f"LR {math.exp(abs(ln_lr)):.0f} {'for' if ln_lr > 0 else 'against'} {claim}, "
                 f"truly {true}" for claim, true, ln_lr in r["weights"]
                 if true is not None and ln_lr is not None and misleading(ln_lr, true, 10)]
        if what:
            print(f"- seed {r['seed']} ({'+'.join(r['causes'])}, {r['days']} d, TTL {r['ttl']}, "
                  f"{r['rows']} rows, {r['beside']}): {'; '.join(what)}")


def everything(results, seeds):
    print(f"{len(results)} cases, seeds {seeds}; rejects in "
          f"{sum(r['rejects'] > 0 for r in results)}\n")
    verdicts(results)
    claims(results)
    ratios(results)
    carried(results)
    beside_naive(results)
    misses(results)
