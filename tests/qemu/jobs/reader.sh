#!/bin/bash
# QEMU's own card reader (usb-ccid) with a scripted card in it: certificate, signature, the card taken out and put in again.
. "$LUUKKU_ROOT/tests/qemu/guest/lib.sh"
bin=$LUUKKU_BUILD/bin
load xhci_pci
wait_for 30 usb_node 08e6:4433 || fail "no reader"
node=$(usb_node 08e6:4433)
hash=$(head -c 100 /dev/urandom | sha256sum | cut -d' ' -f1)
for round in 1 2; do
  "$bin/bench-card" "$node" certificate /tmp/card.der || fail "no certificate"
  openssl x509 -inform der -in /tmp/card.der -noout -subject || fail "not a certificate"
  # It is checked against the certificate by the program.
  "$bin/bench-card" "$node" sign 1234 "$hash" /tmp/card.sig || fail "no signature"
  [[ -s /tmp/card.sig ]] || fail "an empty signature"
  ((round == 1)) || break
  answer "$CARD_CONTROL" card remove || fail "it stays"
  answer "$CARD_CONTROL" card insert || fail "it does not come back"
done
"$bin/bench-card" "$node" sign 4321 "$hash" /tmp/wrong.sig && fail "signed with a wrong PIN"
echo "a wrong PIN is refused"
"$bin/bench-card" "$node" sign 1234 "$hash" /tmp/card.sig || fail "no signature after it"
