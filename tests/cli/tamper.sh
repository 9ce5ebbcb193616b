#!/bin/bash
# Whatever is changed in a case, `assay verify` names it and exits 1.
source "$(dirname "$0")/lib.sh"
small_case
expect 0 "$ASSAY" examine case
expect 0 "$ASSAY" report case
expect 0 "$ASSAY" verify case

# changed FILE NAME: one byte in the middle is turned; NAME must be said.
changed() {
  cp "$1" kept
  local at=$(($(stat -c %s "$1") / 2))
  local byte
  byte=$(dd if="$1" bs=1 skip=$at count=1 status=none | od -An -tu1)
  printf "\\x$(printf %x $((byte ^ 1)))" | dd of="$1" bs=1 seek=$at conv=notrunc status=none
  expect 1 "$ASSAY" verify case
  says "$2:"
  cp kept "$1"
}
changed query.log dns-1
changed case/case.toml case.toml
changed case/findings.jsonl findings.jsonl
changed case/verdict.json verdict.json
changed case/report.html report.html
changed case/report.json report.json
changed case/rejects/dns-1.jsonl rejects/dns-1.jsonl
changed case/custody.head "custody.jsonl line 10"
expect 0 "$ASSAY" verify case

cp case/custody.jsonl chain
lines=$(wc -l < chain)
hash_of() { sed -n "$1p" chain | tr -d '\n' | sha256sum | cut -d' ' -f1; } # LINE
for n in $(seq "$lines"); do
  sed "${n}s/\"engine\":\"/&9/" chain > case/custody.jsonl
  expect 1 "$ASSAY" verify case --hashes-only
  says "custody.jsonl line $n:"
  sed "${n}d" chain > case/custody.jsonl
  expect 1 "$ASSAY" verify case --hashes-only
  says "custody.jsonl line $n:"
done
(sed -n 1p chain; sed -n 3p chain; sed -n 2p chain; sed 1,3d chain) > case/custody.jsonl
expect 1 "$ASSAY" verify case --hashes-only
head -c -20 chain > case/custody.jsonl
expect 1 "$ASSAY" verify case --hashes-only
says "custody.jsonl line $lines:"
expect 3 "$ASSAY" add case query.log
says "assay verify"
cp chain case/custody.jsonl
sed '2s/"engine":"/&9/' chain > case/custody.jsonl
expect 0 "$ASSAY" evidence case --quiet
says "warning: the custody chain does not hold: custody.jsonl line 2"
cp chain case/custody.jsonl
cp case/custody.head head

# A line nested so deep that copying it would use up the stack, in a chain that fits.
deep=$(head -c 200000 /dev/zero | tr '\0' '[')$(head -c 200000 /dev/zero | tr '\0' ']')
printf '{"seq":%s,"type":"case_file","payload":{"a":%s},"prev":"%s"}\n' $((lines + 1)) "$deep" \
  "$(hash_of "$lines")" >> case/custody.jsonl
printf '{"lines":%s,"sha256":"%s"}\n' $((lines + 1)) \
  "$(tail -1 case/custody.jsonl | tr -d '\n' | sha256sum | cut -d' ' -f1)" > case/custody.head
expect 1 "$ASSAY" verify case --hashes-only
says "custody.jsonl line $((lines + 1)): is not a custody line"
expect 0 "$ASSAY" evidence case
expect 2 "$ASSAY" demo case
cp chain case/custody.jsonl
cp head case/custody.head

rm case/custody.head
expect 1 "$ASSAY" verify case --hashes-only
head -1 chain > case/custody.jsonl
expect 1 "$ASSAY" verify case --hashes-only
cp chain case/custody.jsonl
cp head case/custody.head

# The hash of any line is accepted, and what it covers is said: that of the report first of all.
expect 0 "$ASSAY" verify case
says "case hash when examined $(hash_of 8)"
grep -q "\"case_hash_when_examined\": *\"$(hash_of 8)\"" case/report.json ||
  fail "the report carries another hash than verify names"
expect 0 "$ASSAY" verify case --hashes-only --expect "$(hash_of 8)"
says "line 8 of $lines (examined); it covers lines 1 to 8"
says "line 9 rendered report.html"
expect 0 "$ASSAY" verify case --hashes-only --expect "$(hash_of "$lines")"
says "which is all"
expect 1 "$ASSAY" verify case --hashes-only --expect "$(echo x | sha256sum | cut -d' ' -f1)"
says "no line of the custody chain"

# The chain cut back to before `read`, as a kill -9 there leaves it: the rows do not count anywhere.
cp -r case unread
cut_chain() { # CASE LINES
  head -"$2" chain > "$1/custody.jsonl"
  printf '{"lines":%s,"sha256":"%s"}\n' "$2" \
    "$(hash_of "$2")" > "$1/custody.head"
}
cut_chain unread 3
rm unread/findings.jsonl unread/verdict.json unread/report.*
expect 0 "$ASSAY" verify unread
[ "$(records unread)" = 0 ] || fail "an evidence that is not read counts"
if "$ASSAY" sql unread "select count() from lookups" > out 2> err; then
  grep -qx 0 out || fail "sql shows rows that do not count: $(tail -1 out)"
fi

# The store of another case in the place of this one's: examine believes it, verify does not.
query_log 500 | sed 's/ IN A / IN MX /' > other.log
echo "not a line of any log" >> other.log
for name in honest forged; do
  expect 0 "$ASSAY" init "$name" --key-seed 7
done
expect 0 "$ASSAY" add forged other.log --zone UTC --vantage authoritative
expect 0 "$ASSAY" add honest query.log --zone UTC --vantage authoritative
if [ -d forged/store ]; then
  rm -rf honest/store
  cp -r forged/store honest/store
  cp case/case.toml honest/case.toml
  expect 0 "$ASSAY" examine honest
  stores=("" "--store segments" "--store memory")
  if "$ASSAY" version | grep -q embedded; then stores+=("--store embedded"); fi
  for store in "${stores[@]}"; do
    # shellcheck disable=SC2086
    expect 1 "$ASSAY" verify honest $store
    says "findings.jsonl:"
    says_not "custody.jsonl"
  done
  [ -z "$(find honest -name '.verify-*')" ] || fail "verify left its store behind"
fi

# Somebody who may only read the case can verify it, members of an archive too; what cannot be read
# at all is no change of the case.
as_nobody() { setpriv --reuid 65534 --clear-groups "$@"; }
chmod 755 .
if [ "$(id -u)" = 0 ] && as_nobody "$ASSAY" formats > /dev/null 2>&1; then
  tar cf logs.tar query.log
  expect 0 "$ASSAY" init shared
  expect 0 "$ASSAY" add shared logs.tar
  cp case/case.toml shared/case.toml
  expect 0 "$ASSAY" examine shared
  chmod -R a+rX,go-w shared
  expect 0 as_nobody "$ASSAY" verify shared
  says_not " 0 findings"
  library=$(find "$(dirname "$ASSAY")/../../node_modules" -name libchdb.so 2> /dev/null | head -1)
  if "$ASSAY" version | grep -q embedded && as_nobody test -r "$library"; then
    expect 0 as_nobody "$ASSAY" verify shared --store embedded
  fi
  chmod 600 logs.tar
  expect 3 as_nobody "$ASSAY" verify shared
  says "Permission denied"
else
  echo "skipped: verifying as another user needs root and setpriv" >&2
fi
finish
