#!/bin/bash
# usage: rows.sh RECORDS_DIR: the three query logs as one table in time order, tab-separated:
# seconds since 1970 (UTC), client, name in lower case, type, server.
# The clock of each log is stated here because no log states its own.
set -euo pipefail
dir=$1
ns2_zone=$(sed -n 's/^ns2_zone = "\([^"]*\)".*/\1/p' "$dir/../truth.toml")

rows() {  # file, server, zone
  local text first
  text=$(if [ -e "$1" ]; then cat "$1"; else gzip -dc "$1.gz"; fi)
  first=$(head -n 1 <<<"$text" | sed -E 's/^([^ T]+)[ T]([0-9:]+)\..*/\1 \2/')
  first=$(date -d "TZ=\"$3\" $first" +%s)
  # Only the first stamp goes through a calendar; the rest is seconds of the day, which is
  # right as long as the lab takes less than a day and no change of the clocks falls into it.
  awk -v epoch="$first" -v server="$2" '
    match($0, /[0-9][0-9]:[0-9][0-9]:[0-9][0-9]\.[0-9]+/) {
      split(substr($0, RSTART, RLENGTH), t, ":")
      second = t[1] * 3600 + t[2] * 60 + t[3]
      if (NR == 1) origin = int(second)
      if (second < origin) second += 86400
      client = ""
      for (i = 1; i <= NF; i++) {
        if ($i ~ /^[0-9.]+#[0-9]+$/) { client = $i; sub(/#.*/, "", client) }
        if ($i == "query:")
          printf "%.3f\t%s\t%s\t%s\t%s\n", epoch + second - origin, client, tolower($(i + 1)), \
                 $(i + 3), server
      }
    }' <<<"$text"
}

{
  rows "$dir/ns1.query.log" ns1 UTC
  rows "$dir/ns2.query.log" ns2 "$ns2_zone"
  rows "$dir/ns3.query.log" ns3 UTC
} | sort -s -n -k1,1
