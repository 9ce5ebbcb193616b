#!/bin/bash
# usage: scan.sh FOLDER: what Postfix pipes a message into. Notes when SpamAssassin was at it.
folder=$1
start=$(date -u +%s.%3N)
cat >"$folder/message.$start"
HOME=$folder "${SPAMASSASSIN:-spamassassin}" --test-mode --siteconfigpath=/etc/spamassassin \
  <"$folder/message.$start" >"$folder/report.$start" 2>"$folder/stderr.$start"
printf '%s\t%s\t%s\n' "$start" "$(date -u +%s.%3N)" \
  "$(sed -n 's/^Message-ID: *//Ip' "$folder/message.$start" | head -1)" >>"$folder/scans.tsv"
