"""kill -9 at random moments of an acquisition; what the next attempt makes of it is compared."""

import os
import random
import shutil
import signal
import subprocess
import time

KILLS, SEED = 50, 20161031


def command(argv):
    environment = dict(os.environ, LC_ALL="C", TZ="UTC")
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(argv)}: exit {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def counts(assay, case):
    """Every group with its number of rows: what is lost or doubled shows in one of them."""
    return sorted(command([assay, "count", case, "--by", "evidence,client,qname,qtype,hour",
                           "--csv"]).splitlines())


def kill_at(delay, argv):
    """True: it was killed while it worked."""
    environment = dict(os.environ, LC_ALL="C", TZ="UTC")
    process = subprocess.Popen(argv, env=environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def run(assay, case, files, kills=KILLS):
    """Until so many were killed while they worked: (killed, rounds that ended differently from an
    undisturbed case). What ends before its kill counts as neither killed nor a round."""
    def fresh():
        shutil.rmtree(case, ignore_errors=True)
        command([assay, "init", case])

    add = [assay, "add", case, *files, "--zone", "UTC"]
    fresh()
    begin = time.monotonic()
    command(add)
    span = time.monotonic() - begin
    whole = counts(assay, case)
    moments, killed, differing = random.Random(SEED), 0, 0
    for _ in range(4 * kills):
        if killed == kills:
            break
        fresh()
        if not kill_at(moments.uniform(0.01, 1) * span, add):
            continue
        killed += 1
        command([assay, "verify", case])
        command(add)
        differing += counts(assay, case) != whole
        command([assay, "verify", case])
    return killed, differing
