# shellcheck shell=bash disable=SC2154
# Sourced by inside.sh: the capture as flows in three versions of NetFlow. Version 9 goes to
# nfcapd, the others are kept as they arrive.

keep_flows() {
  local version collectors=
  # Only the hosts' packets: what the resolvers ask each other is in the capture.
  local hosts='net 198.51.100.0/24 or net 2001:db8:1::/64'
  start_nfcapd "$work/flows"
  for version in 5 10; do
    "$lab/receive.py" $((9000 + version)) "$work/flows/softflowd-v$version.netflow" \
      2>"$work/flows/receive-$version.log" &
    collectors="$collectors $!"
    wait_for receive.py "$work/flows/receive-$version.log" \
      test -e "$work/flows/softflowd-v$version.netflow"
  done
  export_flows "$work/wire.pcap" "$work/flows" 5 "$hosts" -a
  export_flows "$work/wire.pcap" "$work/flows" 9 "$hosts" -A milli
  export_flows "$work/wire.pcap" "$work/flows" 10 "$hosts" -a
  stop_nfcapd "$work/flows"
  # shellcheck disable=SC2086
  kill -TERM $collectors && wait $collectors || true
  nfdump -r "$work/flows/nfcapd" -o long >"$work/flows/nfdump.txt"
  nfdump -r "$work/flows/nfcapd" -I >"$work/flows/nfdump.counters"
}
