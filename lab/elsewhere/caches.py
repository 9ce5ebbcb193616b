"""What of a site's look-ups reaches the names' servers: when, from which address, at which one."""
import collections

DAY_CAP = 86400
Query = collections.namedtuple("Query", "time source name qtype server")


class Site:
    """Resolvers of one organisation. One farm shares its caches behind all addresses; else each
    address has its own, and `together` sites ask at all of them at once."""

    def __init__(self, world, addresses, ttl):
        rng = self.rng = world.rng
        self.addresses = addresses
        self.ttl = ttl
        self.farm = rng.random() < .5
        self.together = len(addresses) > 1 and not self.farm and rng.random() < .35
        self.shards = rng.choice([1, 1, 1, 2, 3, 6])
        self.cap = rng.choice([DAY_CAP, DAY_CAP, DAY_CAP, 900])
        self.prefetch = rng.choice([None, None, None, "share", "seconds"])
        self.sticky = rng.choice([.0, .0, .9])
        self.favourite = rng.randrange(3)
        self.loss = rng.choice([0, .01, .03, .1])
        self.second_type = rng.random() < .25          # stubs that ask for AAAA as well
        self.restarts = sorted(rng.uniform(world.start, world.end)
                               for _ in range(world.poisson(world.days * rng.choice([0, .1, .4]))))

    def acts_as_one(self):
        """None where it is a matter of words: clients that use both of two resolvers."""
        return True if len(self.addresses) > 1 and (self.farm or self.together) else None

    def life(self, qtype):
        return min(self.ttl if qtype in ("A", "AAAA") else 3600, self.cap)

    def send(self, time, source, name, qtype):
        rng = self.rng
        server = self.favourite if rng.random() < self.sticky else rng.randrange(3)
        while rng.random() < self.loss:
            if rng.random() < .5:            # the answer was lost, not the question
                yield Query(time, source, name, qtype, server)
            time += rng.uniform(.4, 4)
            server = (server + rng.randrange(1, 3)) % 3
        yield Query(time, source, name, qtype, server)

    def upstream(self, lookups):
        rng, cache, restarts = self.rng, {}, list(self.restarts)
        asked = []
        for look in sorted(lookups):
            asked.append(look)
            if self.second_type and look.qtype == "A":
                asked.append(look._replace(qtype="AAAA"))
        for look in asked:
            while restarts and restarts[0] <= look.time:
                restarts.pop(0)
                cache.clear()
            if self.together:
                at = self.addresses
            elif self.farm:
                at = [None]
            else:               # the first address, or the next when it is slow
                at = [self.addresses[0 if rng.random() < .8 else -1]]
            for address in at:
                key = (address, rng.randrange(self.shards), look.name, look.qtype)
                left = cache.get(key, 0) - int(look.time)
                life = self.life(look.qtype)
                early = {"share": life * .1, "seconds": 2}.get(self.prefetch, 0)
                if left > early:
                    continue
                cache[key] = int(look.time) + life
                source = address or rng.choice(self.addresses)
                late = look.time + rng.uniform(.0, .05)
                yield from self.send(late, source, look.name, look.qtype)

