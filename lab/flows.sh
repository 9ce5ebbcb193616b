# shellcheck shell=bash disable=SC2154
# Sourced by inside.sh: a capture as flows, exported by softflowd. Not exported while the packets
# pass: softflowd then leaves the last ones unread in its buffer.

# Version 9 goes to nfcapd. Without the options uptimes count from softflowd's start, after the
# packets: below zero.
export_flows() {  # capture, folder, version of NetFlow, filter, options
  "$work/bin/softflowd" -r "$1" -v "$3" "${@:5}" -d -n "127.0.0.1:$((9000 + $3))" -c none "$4" \
    >"$2/softflowd-v$3.log" 2>&1
}

start_nfcapd() {  # folder
  mkdir -p "$1"
  "$work/bin/nfcapd" -b 127.0.0.1 -p 9009 -w "$1" >"$1/nfcapd.log" 2>&1 &
  nfcapd=$!
  wait_for nfcapd "$1/nfcapd.log" grep -q Startup "$1/nfcapd.log"
}

stop_nfcapd() {  # folder
  sleep 0.5
  kill -TERM "$nfcapd" && wait "$nfcapd" || true
  mv "$1"/nfcapd.2* "$1/nfcapd"
  nfdump -r "$1/nfcapd" -o csv >"$1/nfdump.csv"
}
