# shellcheck shell=bash disable=SC2154
# Sourced by inside.sh: the capture as flows, exported by softflowd in three versions of NetFlow.
# Version 9 goes to nfcapd, the others are kept as they arrive. Not exported while the packets
# pass: softflowd then leaves the last ones unread in its buffer.

# Without the options uptimes count from softflowd's start, after the packets: below zero.
export_flows() {  # version, options
  # Only the hosts' packets: what the resolvers ask each other is in the capture.
  "$work/bin/softflowd" -r "$work/wire.pcap" -v "$@" -d -n "127.0.0.1:$((9000 + $1))" -c none \
    'net 198.51.100.0/24 or net 2001:db8:1::/64' >"$work/flows/softflowd-v$1.log" 2>&1
}

keep_flows() {
  local version collectors
  mkdir "$work/flows"
  "$work/bin/nfcapd" -b 127.0.0.1 -p 9009 -w "$work/flows" \
    >"$work/flows/nfcapd.log" 2>&1 &
  collectors=$!
  wait_for nfcapd "$work/flows/nfcapd.log" grep -q Startup "$work/flows/nfcapd.log"
  for version in 5 10; do
    "$lab/receive.py" $((9000 + version)) "$work/flows/softflowd-v$version.netflow" \
      2>"$work/flows/receive-$version.log" &
    collectors="$collectors $!"
    wait_for receive.py "$work/flows/receive-$version.log" \
      test -e "$work/flows/softflowd-v$version.netflow"
  done
  export_flows 5 -a
  export_flows 9 -A milli
  export_flows 10 -a
  sleep 0.5
  # shellcheck disable=SC2086
  kill -TERM $collectors && wait $collectors || true
  mv "$work"/flows/nfcapd.2* "$work/flows/nfcapd"
  nfdump -r "$work/flows/nfcapd" -o csv >"$work/flows/nfdump.csv"
  nfdump -r "$work/flows/nfcapd" -o long >"$work/flows/nfdump.txt"
  nfdump -r "$work/flows/nfcapd" -I >"$work/flows/nfdump.counters"
}
