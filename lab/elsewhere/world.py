"""Where things happen: two organisations, their people, days and holidays, and what passes.

Causes (causes.py) put into a World what somebody or something did; caches.py turns the look-ups
into what reaches the names' servers; records.py writes what recorders kept of it.
"""
import collections
import datetime
import math
import random
import zoneinfo

Lookup = collections.namedtuple("Lookup", "time host name qtype")
# Straight at the names' servers, without a cache of the simulated kind: strangers, forged sources.
Direct = collections.namedtuple("Direct", "time source name qtype")
Flow = collections.namedtuple("Flow", "time seconds client port server server_port packets bytes_up"
                              " packets_back bytes_back")
Mail = collections.namedtuple("Mail", "time way sender recipient message_id answers accepted size"
                              " bulk")

CITIES = {  # one name for each; offsets in winter from -8 to +10
    "America/Los_Angeles": 9, "America/Chicago": 8.5, "America/Sao_Paulo": 9, "Europe/London": 9,
    "Europe/Madrid": 9, "Africa/Nairobi": 8.5, "Asia/Dubai": 8.5, "Asia/Kolkata": 10,
    "Asia/Singapore": 9, "Asia/Tokyo": 9, "Australia/Sydney": 9}
HOST = "mail1.sender.example"
HOST_ADDRESS = "203.0.113.25"
BANK_MX = "192.0.2.25"
SERVERS = ["203.0.113.1", "203.0.113.2", "203.0.113.3"]
DAY = 86400


class World:
    def __init__(self, seed):
        self.rng = rng = random.Random(seed)
        self.zone_name = rng.choice(sorted(CITIES))
        self.zone = zoneinfo.ZoneInfo(self.zone_name)
        first = datetime.date(2018, 1, 1) + datetime.timedelta(days=rng.randrange(2400))
        self.days = int(math.exp(rng.uniform(math.log(9), math.log(170))))
        self.start = datetime.datetime.combine(first, datetime.time(),
                                               datetime.timezone.utc).timestamp()
        self.end = self.start + self.days * DAY
        self.begin_hour = CITIES[self.zone_name] + rng.gauss(0, .4)
        dates = [first + datetime.timedelta(days=n) for n in range(-1, self.days + 2)]
        self.holidays = set(rng.sample(dates, len(dates) // 40))
        self.lookups, self.direct, self.flows, self.mails = [], [], [], []
        self.clinic = []              # look-ups of the second asker
        self.forged = 0               # of direct: how many had a source that was not theirs
        self.timers = []              # periods in seconds that programs of the asker kept
        self.jittered = []            # and those that were kept on average only
        self.policy = rng.choice(["anybody", "anybody", "list", "nobody"])  # of Sender's mail host
        self.serial = 0

    def poisson(self, mean):
        if mean > 60:
            return max(0, round(self.rng.gauss(mean, math.sqrt(mean))))
        left, count = self.rng.random(), 0
        term = total = math.exp(-mean)
        while left > total and count < 400:
            count += 1
            term *= mean / count
            total += term
        return count

    def at_any_time(self, per_day):
        """Moments without rhythm."""
        count = self.poisson(per_day * self.days)
        return sorted(self.rng.uniform(self.start, self.end) for _ in range(count))

    def at_work(self, per_day, zone=None, begin=None):
        """Moments that people at their desks choose: weekdays, lunch, holidays, a few late ones."""
        rng, zone, moments = self.rng, zone or self.zone, []
        begin = self.begin_hour if begin is None else begin
        mood = 0
        date = datetime.datetime.fromtimestamp(self.start, zone).date()
        while (midnight := datetime.datetime.combine(date, datetime.time(), zone)).timestamp() \
                < self.end:
            mood = .5 * mood + rng.gauss(0, .35)
            idle = date.weekday() > 4 or date in self.holidays
            for _ in range(self.poisson(per_day * math.exp(mood) * (.03 if idle else 1))):
                hour = begin + 8.7 * rng.betavariate(1.25, 1.25)
                if begin + 3.2 < hour < begin + 4.1 and rng.random() < .6:
                    hour += 1
                if rng.random() < .05:
                    hour = rng.uniform(7, 23)
                wall = midnight.replace(tzinfo=None) + datetime.timedelta(hours=hour)
                when = wall.replace(tzinfo=zone).timestamp()
                if self.start <= when < self.end:
                    moments.append(when)
            date += datetime.timedelta(days=1)
        return sorted(moments)

    def awake(self, time):
        """When a person who would act at `time` acts: not at night."""
        wall = datetime.datetime.fromtimestamp(time, self.zone)
        if 7 <= wall.hour < 23:
            return time
        return time + (7 - wall.hour) % 24 * 3600 + self.rng.expovariate(1 / 3000)

    def every(self, period, jitter=0, from_time=None):
        """Moments of a timer that is set again after each run; jitter is a share of the period."""
        when = (from_time or self.start) + self.rng.uniform(0, period)
        while when < self.end:
            yield when
            when += period * (1 + self.rng.uniform(-jitter, jitter)) + self.rng.uniform(0, .2)

    def desk(self):
        return f"192.0.2.{self.rng.randrange(100, 180)}"

    def ask(self, time, host, name=HOST, qtype="A"):
        self.lookups.append(Lookup(time, host, name, qtype))

    def connect(self, time, client, server, port, up, back, seconds=2.0):
        def packets(size):
            return 4 + size // 1300

        answered = packets(back) if back else 0
        self.flows.append(Flow(time, seconds, client, self.rng.randrange(1024, 65535), server, port,
                               packets(up), up + 52 * packets(up),
                               answered, back + 52 * answered))

    def mail(self, time, way, sender, recipient, answers=None, accepted=True, bulk=False):
        """way: "in" to the Bank, "out" from it. Returns its Message-ID."""
        self.serial += 1
        message_id = f"<{int(time)}.{self.serial}@{sender.split('@')[1]}>"
        size = self.rng.randrange(900, 60000)
        self.mails.append(Mail(time, way, sender, recipient, message_id, answers, accepted, size,
                               bulk))
        client, server = (HOST_ADDRESS, BANK_MX) if way == "in" else (BANK_MX, HOST_ADDRESS)
        self.connect(time, client, server, 25, size + 300 if accepted else 200, 450, 1.4)
        return message_id

    # What is true, whoever recorded it.
    def contact(self):
        """world.flows are all between the two and none of them are look-ups."""
        return any(flow.packets_back for flow in self.flows)

    def passed_mail(self):
        return any(mail.accepted for mail in self.mails)

    def rung(self):
        if self.mails and any(mail.answers for mail in self.mails):
            return 5
        if self.passed_mail() or any(f.server_port not in (25, 53) and f.bytes_back > 600
                                     for f in self.flows):
            return 4
        if self.contact():
            return 3
        return 1 if self.lookups or self.forged else 0
