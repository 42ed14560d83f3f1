#!/bin/bash
# One emulated reader and card, RUNS times each in turn: drivers/ccid with firmware/apdu, and pcscd with OpenSC. Prints
# "figure SIDE WHAT {json}".
. "$LUUKKU_ROOT/tests/qemu/guest/lib.sh"
bin=$LUUKKU_BUILD/bin
keep_attached "$DEVICE_PORT"
wait_for 20 usb_node "$USB_ID" || fail "no reader"
rm -rf /etc/reader.conf.d/*
mkdir -p /run/pcscd
head -c 512 /dev/urandom >/tmp/text
hash=$(sha256sum /tmp/text | cut -d' ' -f1)
# PKCS #1 v1.5: the DigestInfo of SHA-256 stands before it.
printf '\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20' >/tmp/info
openssl dgst -sha256 -binary /tmp/text >>/tmp/info

figure() {
  local side=$1 what=$2 daemons=$3 line
  shift 3
  line=$("$bin/bench-meter" "$daemons" "$@" 2>&1 | tee /tmp/said | tail -1)
  [[ $line == '{'* ]] || fail "$side $what: $(cat /tmp/said)"
  ((i < 0)) || echo "figure $side $what $line"
}

ours() {
  local node
  node=$(usb_node "$USB_ID")
  figure ours certificate - "$bin/bench-card" "$node" certificate /tmp/ours.der
  figure ours signature - "$bin/bench-card" "$node" sign 1234 "$hash" /tmp/ours.sig
}

# pcscd stands already when a card is wanted, as a service does; what it takes until then is not counted.
theirs() {
  local daemon
  pcscd --foreground >/tmp/pcscd.log 2>&1 &
  daemon=$!
  wait_for 20 test -S /run/pcscd/pcscd.comm
  wait_for 20 pkcs15-tool --list-certificates || fail "OpenSC does not see the card"
  figure theirs certificate "$daemon" pkcs15-tool --read-certificate 45 -o /tmp/theirs.pem
  figure theirs signature "$daemon" pkcs11-tool --sign -m RSA-PKCS --id 45 --pin 1234 -i /tmp/info -o /tmp/theirs.sig
  kill "$daemon"
  wait "$daemon"
}

# The first round is not counted: programs are loaded, and pages drawn, on both sides.
for ((i = -1; i < RUNS; i++)); do
  ours
  theirs
done

# Both worked: the same certificate, and signatures that it verifies.
openssl x509 -in /tmp/theirs.pem -outform der -out /tmp/theirs.der
cmp /tmp/ours.der /tmp/theirs.der || fail "not the same certificate"
openssl x509 -in /tmp/theirs.pem -pubkey -noout >/tmp/key.pem
openssl dgst -sha256 -verify /tmp/key.pem -signature /tmp/theirs.sig /tmp/text || fail "their signature"
openssl dgst -sha256 -verify /tmp/key.pem -signature /tmp/ours.sig /tmp/text ||
  openssl dgst -sha256 -sigopt rsa_padding_mode:pss -verify /tmp/key.pem -signature /tmp/ours.sig /tmp/text ||
  fail "our signature"
