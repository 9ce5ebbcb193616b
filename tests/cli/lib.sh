# Sourced by every script here. Works in a folder of its own; counts what did not hold.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 99
failures=0

fail() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}

# expect CODE COMMAND...: runs it, keeps out and err, checks the exit code.
expect() {
  local code=$1 got=0
  shift
  "$@" > out 2> err < /dev/null || got=$?
  [ "$got" -eq "$code" ] || fail "exit $got, not $code: $* $(head -3 err)"
}

# says WORDS: the last command said so, on either stream.
says() {
  grep -qF -- "$1" out err || fail "'$1' is not said: $(head -5 out err)"
}

says_not() {
  if grep -qF -- "$1" out err; then fail "'$1' is said"; fi
}

# query_log LINES [FIRST]: query-log lines of BIND, one a second from 4 May 2016.
query_log() {
  awk -v lines="$1" -v first="${2:-0}" 'BEGIN {
    for (i = first; i < first + lines; i++) {
      d = 4 + int(i / 86400); s = i % 86400
      printf "%02d-May-2016 %02d:%02d:%02d.000 queries: info: client 192.0.2.%d#%d ", d,
             int(s / 3600), int(s / 60) % 60, s % 60, 1 + i % 200, 1024 + i % 60000
      printf "(h%d.sender.example): query: h%d.sender.example IN A + (198.51.100.1)\n", i % 900,
             i % 900
    }
  }'
}

# A case with one log, two parties and a question.
small_case() {
  query_log 500 > query.log
  echo "not a line of any log" >> query.log
  expect 0 "$ASSAY" init case --title Test
  expect 0 "$ASSAY" add case query.log --zone UTC --vantage authoritative
  expect 0 "$ASSAY" party case add Bank 192.0.2.0/24
  expect 0 "$ASSAY" party case add Sender '*.sender.example'
  expect 0 "$ASSAY" ask case --between Bank --and Sender
}

records() { # CASE: rows that count
  "$ASSAY" count "$1" 2> /dev/null | tail -1
}

finish() {
  [ "$failures" -eq 0 ] || {
    echo "$failures checks did not hold" >&2
    exit 1
  }
}
