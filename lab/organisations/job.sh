#!/bin/sh
# usage: job.sh NAME NOTES: what the clock starts: a program looks a host up. Notes when it did,
# until NOTES.over is there.
[ ! -e "$2.over" ] || exit 0
start=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
getent ahosts "$1" >/dev/null
printf '%s\t%s\n' "$start" "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" >>"$2"
