#!/bin/bash
# usage: rescan.sh WORK_DIR ARCHIVE COUNT: has a filter of its own read the newest messages of the
# archive again, as if each came from the client that its first Received field names.
set -euo pipefail
work=$1 archive=$2 count=$3
. "$(dirname "$(readlink -f "$0")")/../common.sh"
folder=$work/bank-archive
"$work/bin/rspamd" -i -f -c "$folder/rspamd.conf" </dev/null >"$folder/stderr" 2>&1 &
scanner=$!
wait_for rspamd "$folder/rspamd.log" bash -c '</dev/tcp/127.0.0.1/11333'
# Names of a Maildir's files begin with the time of delivery.
find "$archive/new" -type f -printf '%f\n' | sort | tail -n "$count" | while read -r name; do
  head=$(sed '/^$/q' "$archive/new/$name")
  client=$(sed -n 's/^Received: from .*\[\([0-9.]*\)\].*/\1/p' <<<"$head" | head -1)
  writer=$(sed -n 's/^Return-Path: <\(.*\)>/\1/p' <<<"$head" | head -1)
  rspamc -h 127.0.0.1:11333 --ip "${client:-127.0.0.1}" --from "$writer" symbols \
    "$archive/new/$name" </dev/null >/dev/null
done
kill "$scanner"
wait "$scanner" || true
