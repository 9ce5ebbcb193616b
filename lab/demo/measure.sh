#!/bin/bash
# usage: measure.sh OUT_DIR: what the query logs of a run show, beside what the driver knows.
set -euo pipefail
out=$1
lab=$(dirname "$(readlink -f "$0")")
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
"$lab/rows.sh" "$out/records" >"$rows"
name=mail1.sender.example

echo "== rows by server and party"
awk -F'\t' '{ party = $2 ~ /^127\.0\.10\./ ? "Bank" : $2 ~ /^127\.0\.30\./ ? "Clinic" : "other"
  n[$5 " " party]++ } END { for (k in n) print k, n[k] }' "$rows" | sort

echo "== refreshes of $name A: gap from the last row of one to the first row of the next"
# Rows of one cache within 5 s of each other are one refresh with its retries. Only until the
# record is removed: after that the cache keeps the negative answer, for a shorter time.
removed=$(date -d "$(awk -F'\t' '$7 == "record-removed" { print $2 }' "$out/truth.tsv")" +%s.%3N)
gaps() {  # label, regular expression of the cache's addresses
  awk -F'\t' -v label="$1" -v from="$2" -v name="$name" -v until="$removed" '
    $2 ~ from && $3 == name && $4 == "A" && $1 < until {
      if (rows++ && $1 - last > 5) printf "%.3f\n", $1 - last
      last = $1
    } END { print label, rows, "rows" > "/dev/stderr" }' "$rows" | sort -n |
  awk -v label="$1" '{ g[NR] = $1 } END {
    if (NR) printf "%s: %d gaps, min %.3f s, median %.3f s, max %.3f s\n", label, NR, g[1],
                   g[int((NR + 1) / 2)], g[NR] }'
}
gaps "Bank, one cache behind two addresses" '^127\.0\.10\.' 2>&1
gaps "Bank, address 127.0.10.1 alone" '^127\.0\.10\.1$' 2>&1
gaps "Bank, address 127.0.10.2 alone" '^127\.0\.10\.2$' 2>&1
gaps "Clinic" '^127\.0\.30\.' 2>&1

echo "== retries: same cache, name and type within 5 s"
awk -F'\t' '{ key = substr($2, 1, 8) FS $3 FS $4 }
  key in last && $1 - last[key] <= 5 { n++; if ($5 != server[key]) hop++; if ($2 != client[key]) a++
    wait = $1 - last[key]; if (min == "" || wait < min) min = wait; if (wait > max) max = wait }
  { last[key] = $1; server[key] = $5; client[key] = $2 }
  END { printf "%d retries, %d at another server, %d from another address, %.3f to %.3f s\n",
        n, hop, a, min, max }' <(grep -P '\t127\.0\.(10|30)\.' "$rows")

echo "== run-on names"
awk -F'\t' -v name="$name" -v removed="$removed" 'index($3, name ".") == 1 {
    n[$3]++; if (!first) first = $1; last = $1 }
  END { for (k in n) print n[k], k
    if (first) printf "first %.3f s, last %.3f s after the record was removed\n", first - removed,
                      last - removed }' "$rows" | sort -r

echo "== while the collector paused"
read -r start end < <(awk -F'\t' '$7 == "query-log-off" { print $2, $3 }' "$out/truth.tsv")
hosts=$(awk -F'\t' -v s="$start" -v e="$end" '$8 != "-" && $2 > s && $2 < e' \
  "$out/truth.tsv" | wc -l)
start=$(date -d "$start" +%s.%3N) end=$(date -d "$end" +%s.%3N)
# rndc takes a tenth of a second to reach all three.
logged=$(awk -v s="$start" -v e="$end" '$1 > s + 0.1 && $1 < e - 0.1' "$rows" | wc -l)
captured=$(gzip -dc "$out/records/sender-edge.pcap.gz" |
  tcpdump -tt -n -r - 'dst net 127.0.20.0/24' 2>/dev/null |
  awk -v s="$start" -v e="$end" '$1 > s && $1 < e && / [0-9]+[+%]* .*\? /' | wc -l)
echo "$hosts questions of hosts, $captured queries in the capture, $logged rows in the logs"
