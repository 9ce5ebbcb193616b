#!/bin/bash
# assay collect: from plan to bundle to case; killed in the middle, without rights, on files that
# change while they are read.
here=$(cd "$(dirname "$0")/../.." && pwd)
plans=$here/demo/plans
source "$here/tests/cli/lib.sh"
unset ASSAY_ACTOR
chmod 755 "$work"

expect 0 "$ASSAY" collect keygen key.pem
expect 0 "$ASSAY" collect keygen other.pem
[ "$(stat -c %a key.pem)" = 600 ] || fail "the private key can be read by others"
expect 3 "$ASSAY" collect keygen key.pem

# What there is to find: a log, a folder with traps, a name that is no UTF-8.
mkdir -p host/log/deep
query_log 300 > host/log/query.log
printf 'x' > "host/log/b"$'\xff'"d.log"
ln -s query.log host/log/link.log
ln -s . host/log/loop
ln -s a host/log/b-link
ln -s b-link host/log/a
mkfifo host/log/pipe
cat > plan.toml << END
title = "Test"
collector = "J. Doe"
[[files]]
what = "query log"
paths = ["$work/host/log", "$work/host/none*"]
[[version]]
of = ["kernel"]
END
expect 0 "$ASSAY" collect plan.toml --dry-run
says 'would take'
[ ! -e b.tar ] || fail "a dry run wrote a bundle"
expect 2 "$ASSAY" collect plan.toml -o b.tar
says '--unsigned'
atime=$(stat -c %x host/log/query.log)
expect 0 "$ASSAY" collect plan.toml -o b.tar --key key.pem
says 'pipe  special_file'
says 'link.log  symbolic_link'
says 'loop  symbolic_link'
says 'none*  not_there'
[ "$atime" = "$(stat -c %x host/log/query.log)" ] || fail "reading changed the access time"
[ ! -e b.tar.partial ] && [ ! -e b.tar.journal ] || fail "what was needed meanwhile is left"
expect 2 "$ASSAY" collect plan.toml -o b.tar --key key.pem
says 'is there already'

# The check, ours and that of tools that know nothing of us.
expect 0 "$ASSAY" collect verify b.tar --key key.pem.pub
says 'the key that you gave'
expect 1 "$ASSAY" collect verify b.tar --key other.pem.pub
says 'bundle.other_key'
mkdir plain && tar -xf b.tar -C plain || fail "tar cannot unpack the bundle"
(cd plain && sha256sum --quiet -c SHA256SUMS) || fail "sha256sum does not agree"
openssl pkeyutl -verify -pubin -inkey key.pem.pub -rawin -in plain/manifest.json \
  -sigfile plain/manifest.sig > /dev/null || fail "openssl does not agree with the signature"
cmp -s plain/data/*query.log host/log/query.log || fail "the log is not what was read"
grep -q '"path_hex"' plain/manifest.json || fail "the bytes of a name that is no UTF-8 are lost"

# A case takes custody.
expect 0 "$ASSAY" init case
expect 0 "$ASSAY" add case b.tar --zone UTC
says 'bundle of assay collect'
[ "$(records case)" = 300 ] || fail "$(records case) records of the bundle, not 300"
grep -q 'J. Doe, who collected it on' case/custody.jsonl || fail "who collected is not in the chain"
expect 0 "$ASSAY" verify case

# Any changed byte is named.
size=$(stat -c %s b.tar)
for at in 3 600 700 2000 $((size / 2)) $((size - 3000)) $((size - 1)); do
  cp b.tar bad.tar
  printf '\x7e' | dd of=bad.tar bs=1 seek="$at" conv=notrunc status=none
  cmp -s b.tar bad.tar && printf '\x7d' | dd of=bad.tar bs=1 seek="$at" conv=notrunc status=none
  got=0
  "$ASSAY" collect verify bad.tar --key key.pem.pub > out 2> err || got=$?
  [ "$got" = 1 ] || [ "$at" = 3 ] || fail "byte $at was changed: exit $got"
done
head -c $((size / 2)) b.tar > bad.tar
expect 1 "$ASSAY" collect verify bad.tar
says 'bundle.cut_short'
(cat b.tar && echo more) > bad.tar
expect 1 "$ASSAY" collect verify bad.tar
says 'bundle.bytes_added'
cp b.tar bad.tar
offset=$(grep -abo 'h1.sender.example' b.tar | head -1 | cut -d: -f1)
printf 'Z' | dd of=bad.tar bs=1 seek="$offset" conv=notrunc status=none
expect 1 "$ASSAY" collect verify bad.tar
says 'bundle.member_changed'
expect 0 "$ASSAY" init case2
expect 3 "$ASSAY" add case2 bad.tar
says 'does not hold'

# A plan that is wrong says where.
printf '[[files]]\npaths = ["/var/log/x"]\nfolow_links = true\n' > wrong.toml
expect 2 "$ASSAY" collect wrong.toml --dry-run
says 'wrong.toml:3'
says 'follow_links'
printf '[[files]]\npaths = ["relative/x"]\n' > wrong.toml
expect 2 "$ASSAY" collect wrong.toml --dry-run
says 'wrong.toml:2'
printf '[[command]]\nargv = ["echo", "$HOME; rm -rf x"]\n' > wrong.toml
expect 2 "$ASSAY" collect wrong.toml -o c.tar --unsigned
says '--allow-commands'
expect 0 "$ASSAY" collect wrong.toml -o c.tar --unsigned --allow-commands
tar -xOf c.tar data/000001-echo > out
# shellcheck disable=SC2016
[ "$(cat out)" = '$HOME; rm -rf x' ] || fail "a shell read the command: $(cat out)"

# The plans that are shipped can be read, and name nothing that needs --allow-commands.
for shipped in "$plans"/*.toml; do expect 0 "$ASSAY" collect "$shipped" --dry-run; done

# A command that never ends, and one that prints without end.
printf '[limits]\nseconds = 1\noutput = "1 MiB"\n[[command]]\nargv = ["sleep", "100"]\n' > slow.toml
printf '[[command]]\nargv = ["yes"]\n' >> slow.toml
expect 0 "$ASSAY" collect slow.toml -o slow.tar --unsigned --allow-commands
says 'more than 1 seconds'
says 'more than 1048576 bytes'

# Files that change while they are read: a large one, and a hand in at the right moment.
truncate -s 150M host/big.log
cat > big.toml << END
[[files]]
paths = ["$work/host/big.log"]
END
# meanwhile OUTPUT COMMAND: runs it once a MiB of the bundle is there; gives assay's exit code.
meanwhile() {
  local output=$1 pid
  shift
  "$ASSAY" collect big.toml -o "$output" --unsigned > out 2> err &
  pid=$!
  for ((i = 0; i < 3000; i++)); do
    [ "$(stat -c %s "$output.partial" 2> /dev/null || echo 0)" -gt 1048576 ] && break
    sleep 0.01
  done
  victim=$pid
  "$@"
  wait "$pid"
}
meanwhile grew.tar bash -c 'echo more >> host/big.log' || fail "a growing file ended with $?"
says 'it grew while it was read'
[ "$(tar -xOf grew.tar data/000001-big.log | wc -c)" = 157286400 ] || fail "not the sealed prefix"
meanwhile cut.tar truncate -s 100 host/big.log || fail "a file cut short ended with $?"
says 'it was cut short while it was read'
tar -xOf cut.tar data/000002-big.log | cmp -s - host/big.log || fail "it was not read once more"
truncate -s 150M host/big.log
meanwhile replaced.tar bash -c 'echo new > n && mv n host/big.log' || fail "replaced: $?"
says 'led to another file'
[ "$(tar -xOf replaced.tar data/000002-big.log)" = new ] || fail "the other file was not read"
truncate -s 150M host/big.log
meanwhile inside.tar bash -c 'printf Z | dd of=host/big.log bs=1 seek=5 conv=notrunc status=none' ||
  fail "changed in place: $?"
says 'changed in place'
for bundle in grew cut replaced inside; do expect 0 "$ASSAY" collect verify $bundle.tar; done

# Killed in the middle, gone on with, and equal to one that nobody disturbed.
truncate -s 150M host/big.log
cat > big.toml << END
[[files]]
paths = ["$work/host/log/query.log", "$work/host/big.log"]
END
strike() { kill -9 "$victim"; }
meanwhile killed.tar strike 2> /dev/null && fail "it was not killed in time"
[ -e killed.tar.partial ] && [ ! -e killed.tar ] || fail "no .partial is left"
expect 2 "$ASSAY" collect big.toml -o killed.tar --unsigned
says '--resume'
expect 2 "$ASSAY" collect plan.toml -o killed.tar --unsigned --resume
says 'the plan is not the one'
expect 0 "$ASSAY" collect big.toml -o killed.tar --unsigned --resume
says 'read in two parts'
expect 0 "$ASSAY" collect verify killed.tar
expect 0 "$ASSAY" collect big.toml -o whole.tar --unsigned
for bundle in killed whole; do tar -xOf $bundle.tar SHA256SUMS | grep data/ > $bundle.sums; done
cmp -s killed.sums whole.sums || fail "resumed, it is not what it is undisturbed"
# The file became another one between the two.
meanwhile other.tar strike 2> /dev/null && fail "it was not killed in time"
query_log 50 > host/big.log
expect 0 "$ASSAY" collect big.toml -o other.tar --unsigned --resume
says 'was read from its start'
tar -xOf other.tar data/000002-big.log | cmp -s - host/big.log || fail "two files became one"

# Without rights.
if [ "$(id -u)" = 0 ] && command -v setpriv > /dev/null; then
  mkdir -p host/secret open && chmod 700 host/secret && chmod 000 host/log/query.log
  chmod 777 open
  echo x > host/secret/inner.log
  cat > rights.toml << END
[[files]]
paths = ["$work/host/log/query.log", "$work/host/secret", "$work/host/secret/*", "$work/plan.toml"]
END
  chmod 644 ./*.toml
  nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
  if ! "${nobody[@]}" test -x "$ASSAY"; then
    cp "$ASSAY" assay
    ASSAY=$work/assay
  fi
  expect 0 "${nobody[@]}" "$ASSAY" collect rights.toml -o open/b.tar --unsigned
  says 'query.log  permission_denied'
  says 'secret  permission_denied'
  says '1 item'
  expect 0 "$ASSAY" collect verify open/b.tar
fi
finish
