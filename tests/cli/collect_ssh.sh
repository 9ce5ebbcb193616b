#!/bin/bash
# assay collect over ssh: a program in place of ssh runs the same script here, and cuts the line.
here=$(cd "$(dirname "$0")/../.." && pwd)
source "$here/tests/cli/lib.sh"

# As ssh: options, a destination, a command line; what a login prints before it. Each call may have
# a limit of bytes after which the line is cut.
cat > fake-ssh << 'END'
#!/bin/bash
echo "$*" >> calls
echo "Welcome to this host"
limit=$(head -1 limits 2> /dev/null)
sed -i 1d limits 2> /dev/null
[ -n "$limit" ] || limit=all
if [ "$limit" = all ]; then exec ${SHELL_THERE:-sh} -s; fi
mkfifo "pipe.$$"
${SHELL_THERE:-sh} -s <&0 > "pipe.$$" &
there=$!
stdbuf -o0 head -c "$limit" < "pipe.$$"
kill "$there"
echo "Connection reset by peer" >&2
exit 255
END
chmod +x fake-ssh
ssh=(--ssh-command "$work/fake-ssh")

"$ASSAY" collect --show-script > script.sh || fail "the script is not shown"
cmp -s script.sh "$here/src/collect/remote.sh" || fail "the script shown is another one"

mkdir -p host/log/.hidden
query_log 300 > host/log/query.log
printf 'x' > "host/log/b"$'\xff'"d.log"
echo y > host/log/"a 'quoted' \$(name)"$'\n'"of two lines"
echo z > host/log/.hidden/inner
: > host/log/empty
ln -s query.log host/log/link.log
ln -s . host/log/loop
mkfifo host/log/pipe
cat > plan.toml << END
[[files]]
what = "query log"
paths = ["$work/host/log", "$work/host/log/que*", "$work/host/none*"]
[[version]]
of = ["kernel", "knot"]
END
expect 2 "$ASSAY" collect "ssh://-oProxyCommand=x" plan.toml -o bad.tar --unsigned "${ssh[@]}"
expect 3 "$ASSAY" collect ssh://a.example plan.toml -o bad.tar --unsigned --ssh-command false
says 'the line to the host was cut'
[ ! -e bad.tar.partial ] || fail "a host that was never reached left a .partial"

# The same files as on the spot, from every shell there is.
expect 0 "$ASSAY" collect plan.toml -o local.tar --unsigned
sums() {
  tar -xOf "$1" SHA256SUMS | grep -E 'query|b_d|quoted|two|inner|empty' | cut -c1-64 | sort
}
sums local.tar > local.sums
[ "$(wc -l < local.sums)" = 5 ] || fail "$(wc -l < local.sums) files on the spot, not 5"
for there in sh dash bash "busybox sh"; do
  command -v "${there%% *}" > /dev/null || continue
  rm -f b.tar
  SHELL_THERE=$there expect 0 "$ASSAY" collect ssh://root@ns1.bank.example:2222 plan.toml -o b.tar \
    --unsigned "${ssh[@]}"
  says 'pipe  special_file'
  says 'link.log  symbolic_link'
  says 'loop  symbolic_link'
  says 'none*  not_there'
  says 'knotd'
  sums b.tar | cmp -s - local.sums || fail "$there: other bytes than on the spot"
  expect 0 "$ASSAY" collect verify b.tar --json
  grep -q '"sha256_by_host"' out || fail "$there: the host did not hash"
done
grep -q -- '-p 2222 -- root@ns1.bank.example sh -s' calls || fail "called otherwise: $(cat calls)"

# The line is cut in the middle: gone on with by itself; and when it stays dead, by --resume.
head -c 3000000 /dev/urandom > host/big.log
cat > big.toml << END
[[files]]
paths = ["$work/host/log/query.log", "$work/host/big.log"]
[[version]]
of = ["kernel"]
END
expect 0 "$ASSAY" collect big.toml -o whole.tar --unsigned "${ssh[@]}"
printf '%s\n' 500000 1500000 > limits
expect 0 "$ASSAY" collect ssh://h.example big.toml -o cut.tar --unsigned "${ssh[@]}"
says 'read in two parts'
for i in 1 2 3 4 5 6 7 8; do echo $((i == 1 ? 700000 : 200)); done > limits
expect 3 "$ASSAY" collect ssh://h.example big.toml -o resumed.tar --unsigned "${ssh[@]}"
says '--resume'
says 'Connection reset by peer'
rm limits
expect 0 "$ASSAY" collect ssh://h.example big.toml -o resumed.tar --unsigned --resume "${ssh[@]}"
for bundle in whole cut resumed; do
  expect 0 "$ASSAY" collect verify $bundle.tar
  tar -xOf $bundle.tar SHA256SUMS | grep data/ > $bundle.sums
done
cmp -s whole.sums cut.sums || fail "cut and gone on with, it is not what it is undisturbed"
cmp -s whole.sums resumed.sums || fail "resumed, it is not what it is undisturbed"
# The file became another one while the line was dead.
for i in 1 2 3 4 5 6 7 8; do echo $((i == 1 ? 700000 : 200)); done > limits
expect 3 "$ASSAY" collect ssh://h.example big.toml -o other.tar --unsigned "${ssh[@]}"
rm limits
head -c 2000000 /dev/urandom > host/big.log
expect 0 "$ASSAY" collect ssh://h.example big.toml -o other.tar --unsigned --resume "${ssh[@]}"
says 'was read from its start'
tar -xOf other.tar data/000002-big.log | cmp -s - host/big.log || fail "two files became one"

# A file that is cut short while the host sends it, and one that grows.
truncate -s 150M host/big.log
meanwhile() { # OUTPUT COMMAND
  local output=$1 pid
  shift
  "$ASSAY" collect ssh://h.example big.toml -o "$output" --unsigned "${ssh[@]}" > out 2> err &
  pid=$!
  for ((i = 0; i < 3000; i++)); do
    [ "$(stat -c %s "$output.partial" 2> /dev/null || echo 0)" -gt 1048576 ] && break
    sleep 0.01
  done
  "$@"
  wait "$pid"
}
meanwhile grew.tar bash -c 'echo more >> host/big.log' || fail "a growing file ended with $?"
says 'it grew while it was read'
[ "$(tar -xOf grew.tar data/000002-big.log | wc -c)" = 157286400 ] || fail "not the sealed prefix"
truncate -s 150M host/big.log
meanwhile short.tar truncate -s 2000000 host/big.log || fail "a file cut short ended with $?"
says 'it was cut short while it was read'
tar -xOf short.tar data/000004-big.log | cmp -s - host/big.log || fail "it was not read once more"
for bundle in grew short; do expect 0 "$ASSAY" collect verify $bundle.tar; done

# Programs: output without end, time, error output, a word that a shell would read.
cat > commands.toml << 'END'
[limits]
seconds = 1
output = "1 MiB"
[[command]]
argv = ["yes"]
[[command]]
argv = ["sleep", "100"]
[[command]]
argv = ["sh", "-c", "echo out; echo err >&2; exit 3"]
[[command]]
argv = ["echo", "$HOME; 'x'"]
END
expect 0 "$ASSAY" collect ssh://h.example commands.toml -o commands.tar --unsigned \
  --allow-commands "${ssh[@]}"
says 'printed more than 1048576 bytes'
says 'more than 1 seconds'
says 'it ended with 3; what it printed is sealed: err'
# shellcheck disable=SC2016
[ "$(tar -xOf commands.tar data/000004-echo)" = '$HOME; '"'x'" ] || fail "a shell read the words"

# The plan's sum of bytes: what does not fit is named, what comes behind it is read.
cat > sum.toml << END
[limits]
total = "3 MiB"
[[files]]
paths = ["$work/host/log/empty", "$work/host/big.log", "$work/host/second.log",
         "$work/host/log/query.log"]
END
head -c 2000000 /dev/zero > host/big.log
cp host/big.log host/second.log
expect 0 "$ASSAY" collect ssh://h.example sum.toml -o sum.tar --unsigned "${ssh[@]}"
says 'second.log  limit_of_bytes'
says '3 items'

# Without rights, where we are allowed to become somebody else.
if [ "$(id -u)" = 0 ] && command -v setpriv > /dev/null; then
  chmod 755 "$work"
  mkdir host/secret
  echo x > host/secret/inner
  chmod 000 host/log/query.log host/secret
  cat > rights.toml << END
[[files]]
paths = ["$work/host/log/query.log", "$work/host/secret", "$work/host/secret/*"]
END
  SHELL_THERE="setpriv --reuid 65534 --regid 65534 --clear-groups sh" expect 0 "$ASSAY" collect \
    ssh://h.example rights.toml -o rights.tar --unsigned "${ssh[@]}"
  says 'query.log  permission_denied'
  says 'secret  permission_denied'
  says '0 items'
fi
finish
