# shellcheck shell=bash disable=SC2154
# Sourced by the inside.sh of every run, which sets $work first.

# Servers are not started under their own paths: Debian's AppArmor profiles bind to those, and
# would refuse to read a configuration outside /etc.
copy_programs() {
  local program
  mkdir -p "$work/bin"
  for program in "$@"; do cp "$(command -v "$program")" "$work/bin/"; done
}

now() { date -u +%Y-%m-%dT%H:%M:%S.%3NZ; }

# wait_for WHAT LOG COMMAND...: ten seconds (or `patience` tenths of one) for the command to
# succeed; else LOG tells why.
wait_for() {
  local what=$1 log=$2
  shift 2
  for _ in $(seq "${patience:-100}"); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.1
  done
  echo "lab: $what did not start:" >&2
  tail -n 20 "$log" >&2 || true
  exit 1
}

start_capture() {  # file stem, interface, filter
  "$work/bin/tcpdump" -Z root -U -q -i "$2" -w "$work/$1.pcap" "$3" 2>"$work/$1.stderr" &
  captures="${captures:-} $!"
  wait_for tcpdump "$work/$1.stderr" grep -q 'listening on' "$work/$1.stderr"
}

stop_captures() {
  # shellcheck disable=SC2086
  kill -INT $captures && wait $captures
}

# For each record, when its recording began and ended: what a declaration of coverage needs.
note_coverage() {  # start, end, file stems
  local start=$1 end=$2 stem
  shift 2
  for stem in "$@"; do printf '%s\t%s\t%s\n' "$stem" "$start" "$end"; done
}
