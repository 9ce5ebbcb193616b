"""Whole processes, measured as the kernel counts them: user+sys CPU, wall, peak resident memory."""

import os
import statistics
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    cpu_seconds: float
    wall_seconds: float
    peak_mib: float

    def __add__(self, other):
        """One process after the other: times add up, peaks do not."""
        return Cost(self.cpu_seconds + other.cpu_seconds, self.wall_seconds + other.wall_seconds,
                    max(self.peak_mib, other.peak_mib))

    def times(self, factor):
        """Of a job `factor` times as long, by calculation; the peak stays."""
        return Cost(self.cpu_seconds * factor, self.wall_seconds * factor, self.peak_mib)


class CommandFailed(Exception):
    pass


def run(argv, stdout_path=os.devnull):
    """Runs argv to its end with stdout in a file. Standard error is ours."""
    environment = dict(os.environ, LC_ALL="C", TZ="UTC")
    with open(stdout_path, "wb") as out:
        actions = [(os.POSIX_SPAWN_DUP2, out.fileno(), 1)]
        begin = time.monotonic()
        pid = os.posix_spawnp(argv[0], argv, environment, file_actions=actions)
        _, status, usage = os.wait4(pid, 0)
        wall = time.monotonic() - begin
    if status != 0:
        code = os.waitstatus_to_exitcode(status)
        raise CommandFailed(f"{' '.join(argv)}: exit code {code}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)


def median(costs):
    """The median of every quantity by itself, but the highest peak."""
    return Cost(statistics.median(c.cpu_seconds for c in costs),
                statistics.median(c.wall_seconds for c in costs),
                max(c.peak_mib for c in costs))
