"""Holds a verdict against the truth of its case."""

import naive
import tables
from causes import CAUSES
from claims import hours_between, of_bank, timed

# On which side of the three weighed claims a cause stands; None where words decide, or a mixture.
SIDES = {
    "person_timed": {"conversation": True, "mail_client": True, "invitations": True,
                     "browsing": True, "after_publication": True, "echoes": None,
                     "link_checks": None},
    "exchange": {"conversation": True},
    "timer": {"poll": True, "office_cron": True, "beacon": True, "replication": True,
              "archive_scan": True, "echoes": None, "tunnel": None, "forged": None},
}


def side(claim, causes):
    sides = {SIDES[claim].get(name, False) for name in causes}
    return sides.pop() if len(sides) == 1 else None


def weights(case, verdict):
    told = []
    for weight in verdict["weights"]:
        if weight["party"] == "Bank":
            told.append((weight["claim"], side(weight["claim"], case.causes), weight["ln_lr"]))
    return told


def own_interval(verdict, name):
    """assay's interval of the Bank's share, in per cent, from the claim's numbers."""
    for claim in verdict["claims"]:
        if claim["claim"] != name:
            continue
        for quantity in claim["quantities"]:
            if quantity["name"] == "share_raw" and quantity.get("interval"):
                return [100 * end for end in quantity["interval"]]
    return None


def judge(case, verdict, rejects, talk):
    causes = {a["explanation"] for a in verdict["assessments"]} & CAUSE_CODES
    surviving = [e for e in verdict["surviving"] if e in CAUSE_CODES]
    excluded = [e["explanation"] if isinstance(e, dict) else e for e in verdict["excluded"]]
    truths = case.truths()
    world = case.world
    everything = [q for q in case.all_queries if case.is_asked(q.name)]
    plain = naive.read(case)
    if plain:
        plain["city_away"] = hours_between(case, plain["city"], world.zone_name) \
            if plain["city"] else None
    return {
        "causes": case.causes, "days": world.days, "ttl": case.ttl, "beside": case.beside,
        "declared": case.servers.declared, "hidden_server": len(case.servers.handed_over) < 3,
        "deleted": bool(case.servers.deleted), "sampled": case.servers.sampled,
        "rows": len(case.rows()), "rejects": rejects, "talk": talk,
        "conclusion": verdict["conclusion"], "rung": verdict["rung"], "true_rung": world.rung(),
        "statement": verdict["statement"], "considered": len(causes),
        "forged_only": not world.lookups,
        "contact": world.contact(), "mail": world.passed_mail(),
        "timed": sorted(timed(case)), "office": sorted({CAUSES[n].office for n in case.causes}),
        "truths": sorted(truths), "excluded": excluded,
        "truth_excluded": sorted(truths & set(excluded)),
        "truth_survives": truths <= set(surviving),
        "wrong_single": len(surviving) == 1 and not set(surviving) & truths,
        "missing": [m["record"] for m in verdict["missing"][:3]],
        "weights": weights(case, verdict),
        "claims": [(c.id, c.true, told["answer"], told["in_short"])
                   for c, told in zip(case.claims, verdict["claims"])],
        "parts": [(told["claim"], tables.parts_of(told)) for told in verdict["claims"]],
        "share": 100 * of_bank(everything) / max(1, len(everything)),
        "interval": own_interval(verdict, "share-list"), "naive": plain,
        "against_truth": [(a["explanation"], b["finding"]) for a in verdict["assessments"]
                          if a["explanation"] in truths for b in a["bearings"]
                          if b["direction"] == "strongly_against"],
        "clock_said": "clock" in verdict["statement"] or "period" in verdict["statement"],
    }


CAUSE_CODES = {
    "live_mail_with_checks", "archive_rescan", "misconfigured_application", "replayed_lookups",
    "forged_sources", "person_to_person_mail", "mailbox_on_the_host", "data_in_lookups",
    "data_copied_between_systems", "compromised_host", "another_use_of_the_host",
    "probing_after_disclosure"}

