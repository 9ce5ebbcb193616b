"""Which event each record is of, by truth.tsv, and which joins of assay's are right."""
import collections
import datetime
import json

import truth
from organisations import schedule

SLACK = datetime.timedelta(milliseconds=50)  # BIND stamps from a coarse clock
BURST_GAP = datetime.timedelta(seconds=10)   # docs/methods/timeline.md
BURST_SPAN = datetime.timedelta(seconds=60)
# What each join joins to what.
KINDS = {"lookup_flow": ("dns", "flow"), "check_flow": ("dns", "flow"),
         "lookup_transfer": ("dns", "mail"), "check_transfer": ("dns", "mail"),
         "service_flow": ("service", "flow"), "transfer_flow": ("mail", "flow"),
         "transfer_service": ("mail", "service"), "transfer_transfer": ("mail", "mail"),
         "refusal_transfer": ("mail", "mail"), "message_transfer": ("message", "mail"),
         "reply_message": ("message", "message")}
PREFIXES = {"192.0.2.": "Bank", "198.51.100.": "Sender", "203.0.113.": "Outside"}
ZONES = {"bank.example": "Bank", "sender.example": "Sender"}  # what the question is about


def party_of_address(address):
    return next((party for prefix, party in PREFIXES.items() if address.startswith(prefix)), "")


def party_of_name(name):
    return next((party for zone, party in ZONES.items()
                 if name == zone or name.endswith("." + zone)), "")


def span(row):
    begin = truth.instant(row["time"])
    return begin, begin + datetime.timedelta(microseconds=int(row["width_us"]) - 1)


Wrong = collections.namedtuple("Wrong", ("word", "left", "left_events", "right", "right_events",
                                         "is_ambiguous", "stands_in_chains"))


class Events:
    """Times, causes and Message-IDs of truth.tsv."""

    def __init__(self, rows):
        self.span, self.cause, self.by_id, self.answers = {}, {}, {}, {}
        for row in rows:
            self.span[row.event] = (truth.instant(row.time_start) - SLACK,
                                    truth.instant(row.time_end) + SLACK)
            self.cause[row.event] = row.cause
            if row.message_id != "-":
                self.by_id[row.message_id] = row.event
        for row in rows:
            if row.in_reply_to != "-":
                self.answers[row.event] = self.by_id[row.in_reply_to]

    def at(self, row, is_job=False):
        """Events that go on during the row's stamp."""
        begin, end = span(row)
        return {event for event, (first, last) in self.span.items()
                if first <= end and begin <= last and (self.cause[event] == "job") == is_job}

    def of(self, row):
        """Of a record other than a look-up."""
        if row["file"] == "records/archive-rspamd.log":
            return self.at(row)
        event = self.by_id.get(row.get("message_id"))
        return {event} if event else self.at(row)

    def of_lookup(self, row):
        return self.at(row, is_job=row["qname"] == schedule.STALE)


class Records:
    """All that assay read, by kind and locus."""

    def __init__(self, read, rows):
        self.events = Events(rows)
        self.by_locus = collections.defaultdict(list)
        self.of_kind = {"dns": read.rows()}
        for kind in ("flow", "service", "mail", "message"):
            self.of_kind[kind] = [{**row, **json.loads(row["fields"])} for row in read.rows(kind)]
        for kind, found in self.of_kind.items():
            for row in found:
                self.by_locus[kind, f"{row['evidence']}:{row['offset']}"].append(row)

    def events_at(self, kind, locus):
        return set().union(*map(self.events.of, self.by_locus[kind, locus]))

    def bursts(self, files):
        """Locus of its first row to events, asker and holder, as the page of the method says."""
        lookups = [row for row in self.of_kind["dns"] if row["file"] in files
                   and "query" in row["flags"].split()]
        lookups.sort(key=lambda row: (span(row)[0], int(row["evidence"].split("-")[1]),
                                      int(row["offset"])))
        found, last = {}, {}
        for row in lookups:
            sides = party_of_address(row["client"]), party_of_name(row["qname"])
            if "" in sides or sides[0] == sides[1]:
                continue
            begin, end = span(row)
            locus, first, until = last.get(sides, (None, begin, begin))
            if locus is None or begin - until > BURST_GAP or end - first > BURST_SPAN:
                locus, first, until = f"{row['evidence']}:{row['offset']}", begin, end
                found[locus] = (set(), *sides)
            last[sides] = (locus, first, max(until, end))
            found[locus][0].update(self.events.of_lookup(row))
        return found


class Score:
    """Joins of each kind, held against the truth."""

    def __init__(self, records, finding, vantage_files):
        self.records, self.events = records, records.events
        self.bursts = records.bursts(vantage_files)
        table = next(table for table in finding["tables"] if table["name"] == "joins_made")
        self.joins = [(*label.split(" "), row[0] > 0, row[1] > 0)
                      for label, row in zip(table["row_labels"], table["rows"])]
        self.counts = collections.defaultdict(collections.Counter)
        self.wrong, self.missed = [], []
        for join in self.joins:
            self.judge(*join)
        for word in KINDS:
            self.look_for_missed(word)

    def left_events(self, word, locus):
        if KINDS[word][0] != "dns":
            return self.records.events_at(KINDS[word][0], locus)
        return self.bursts[locus][0] if locus in self.bursts else set()

    def is_right(self, word, left, right):
        ours, theirs = self.left_events(word, left), self.right_events(word, right)
        if word == "reply_message":  # a bounce answers the letter of its own event
            ours = {self.events.answers.get(event, event) for event in ours}
        return bool(ours & theirs)

    def right_events(self, word, locus):
        events = self.records.events_at(KINDS[word][1], locus)
        if word == "reply_message":  # else the transfer of what is answered
            events |= self.records.events_at("mail", locus)
        return events

    def judge(self, word, left, right, is_ambiguous, stands_in_chains):
        is_right = self.is_right(word, left, right)
        self.counts[word]["right" if is_right else "wrong"] += 1
        self.counts[word]["ambiguous"] += is_ambiguous
        if not is_right:
            self.counts[word]["wrong, relied on"] += stands_in_chains
            self.wrong.append(Wrong(word, left, sorted(self.left_events(word, left)), right,
                                    sorted(self.right_events(word, right)), is_ambiguous,
                                    stands_in_chains))

    def lefts(self, word):
        if KINDS[word][0] == "dns":
            return self.bursts
        return {locus for kind, locus in self.records.by_locus if kind == KINDS[word][0]}

    def may_join(self, word, left, row):
        """Whether the truth lets the left one be joined to the row in this way: who and to whom."""
        ends = party_of_address(row["client"]), party_of_address(row["server"])
        if word in ("lookup_flow", "check_flow"):
            sides = self.bursts[left][1:]
            return (row["server_port"] == "25"
                    and ends == (sides if word == "lookup_flow" else sides[::-1]))
        return word == "service_flow" and "" not in ends and row["server_port"] == "25"

    def look_for_missed(self, word):
        """Left ones that are joined to nothing, though a partner of their event is free.

        Of the kinds whose partners the truth knows from the flows: one for each session."""
        if word not in ("lookup_flow", "check_flow", "service_flow"):
            return
        joined = {left for kind, left, *_ in self.joins if kind == word}
        taken = {right for kind, _, right, *_ in self.joins if kind == word}
        flows = [(f"{row['evidence']}:{row['offset']}", row)
                 for row in self.records.of_kind["flow"]]
        for left in self.lefts(word):
            if left in joined:
                continue
            ours = self.left_events(word, left)
            if word == "service_flow" and not all(
                    self.records.by_locus["service", left][0][end] for end in ("client", "server")):
                continue  # what the log does not tell nobody can join
            if any(locus not in taken and self.may_join(word, left, row)
                   and ours & self.events.of(row) for locus, row in flows):
                self.counts[word]["missed"] += 1
                self.missed.append((word, left, sorted(ours)))
