#!/bin/sh
# usage: job.sh NAME: what the clock starts: a program looks a host up.
exec getent ahosts "$1.jobs.example" >/dev/null
