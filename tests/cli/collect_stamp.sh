#!/bin/bash
# Time stamps of RFC 3161, made by an authority of our own and checked without a network.
source "$(dirname "$0")/lib.sh"
openssl_quiet() { openssl "$@" > /dev/null 2>&1 || fail "openssl $1 failed"; }
authority() { # NAME: NAME-ca.pem, NAME.pem, NAME.key
  openssl_quiet req -x509 -newkey rsa:2048 -nodes -keyout "$1-ca.key" -out "$1-ca.pem" \
    -subj "/CN=$1 CA" -days 30
  openssl_quiet req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1 TSA"
  echo 'extendedKeyUsage=critical,timeStamping' > ext
  openssl_quiet x509 -req -in "$1.csr" -CA "$1-ca.pem" -CAkey "$1-ca.key" -CAcreateserial \
    -extfile ext -out "$1.pem" -days 30
}
cat > ts.cnf << 'END'
[tsa]
default_tsa = own
[own]
serial = ./serial
default_policy = 1.2.3.4
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
END
echo 01 > serial
authority Test
authority Other
echo log > a.log
printf '[[files]]\npaths = ["%s/a.log"]\n' "$work" > plan.toml
expect 0 "$ASSAY" collect plan.toml -o b.tar --unsigned
expect 0 "$ASSAY" collect plan.toml -o c.tar --unsigned
expect 0 "$ASSAY" collect stamp b.tar -o b.tsq
expect 3 "$ASSAY" collect stamp b.tar -o b.tsq
openssl ts -query -in b.tsq -text 2> /dev/null | grep -q sha256 || fail "openssl reads no request"
openssl_quiet ts -reply -config ts.cnf -section own -queryfile b.tsq -signer Test.pem \
  -inkey Test.key -chain Test-ca.pem -out b.tsr
openssl_quiet ts -reply -config ts.cnf -section own -queryfile b.tsq -signer Test.pem \
  -inkey Test.key -token_out -out b.token

for cert in Test-ca.pem Test.pem; do
  for token in b.tsr b.token; do
    expect 0 "$ASSAY" collect verify b.tar --token $token --tsa-cert $cert
    says 'time stamp of 2'
    says 'Test TSA'
  done
done
expect 1 "$ASSAY" collect verify c.tar --token b.tsr --tsa-cert Test-ca.pem
says 'bundle.time_stamp_wrong'
for cert in Other-ca.pem Other.pem; do
  expect 1 "$ASSAY" collect verify b.tar --token b.tsr --tsa-cert $cert
  says 'bundle.time_stamp_wrong'
done
expect 2 "$ASSAY" collect verify b.tar --token b.tsr
says '--tsa-cert'
expect 2 "$ASSAY" collect verify b.tar --token b.tar --tsa-cert Test-ca.pem
expect 2 "$ASSAY" collect verify b.tar --token b.tsr --tsa-cert a.log
size=$(stat -c %s b.tsr)
for at in $((size - 20)) $((size - 300)) 60; do
  cp b.tsr bad.tsr
  printf '\x55' | dd of=bad.tsr bs=1 seek="$at" conv=notrunc status=none
  got=0
  "$ASSAY" collect verify b.tar --token bad.tsr --tsa-cert Test-ca.pem > out 2> err || got=$?
  [ "$got" = 1 ] || [ "$got" = 2 ] || fail "a token with another byte $at: exit $got"
done
finish
