"""A naive analyst: reads the same rows as assay and says what is usually said of such lists.

Each saying is a claim of fact about the world; `judge` tells which are wrong.
"""
import collections
import datetime
import statistics
import zoneinfo

from world import CITIES


def best_city(moments):
    """The city in whose weekdays nine to six most rows lie, when half and more of them do."""
    best = (0, "")
    for zone in sorted(CITIES):
        inside = 0
        for time in moments:
            wall = datetime.datetime.fromtimestamp(time, zoneinfo.ZoneInfo(zone))
            inside += wall.weekday() < 5 and 9 <= wall.hour < 18
        best = max(best, (inside / len(moments), zone))
    return best[1] if best[0] >= .5 else None


def read(case):
    rows = [(time, q) for time, q in case.rows() if case.is_asked(q.name)]
    bank = [time for time, q in rows if q.source.startswith("192.0.2.")]
    if len(bank) < 3:
        return None
    gaps = [b - a for a, b in zip(bank, bank[1:])]
    spread = statistics.pstdev(gaps) / max(1e-9, statistics.mean(gaps))
    by_source = collections.Counter(q.source for _, q in rows)
    top = sum(count for _, count in by_source.most_common(3)) / len(rows)
    own_hour = statistics.mode(round(g / 600) for g in gaps) * 600
    return {
        "share": 100 * len(bank) / len(rows),
        "city": best_city(bank),
        "not_bots": spread > .5,            # "irregular, so no machine"
        "period": own_hour if .5 * len(gaps) < sum(abs(g - own_hour) < .1 * own_hour
                                                   for g in gaps) else None,
        "secretive": len(by_source) <= 5 or top > .95,   # "a handful of addresses"
        "nobody_else": all(q.source.startswith(("192.0.2.", "198.51.100.")) for _, q in rows),
        "no_mail": all(q.qtype != "MX" for _, q in rows),  # "look-ups, not mail"
        "a_contact": len(bank) > 100,       # "so many look-ups must be communication"
        "acts": len(bank),                  # "they contacted it so often"
    }
