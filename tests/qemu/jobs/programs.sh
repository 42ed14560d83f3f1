# The real programs behind their walls, on a kernel's USB stack: luukku-super finds scanner and reader in sysfs and gives
# their nodes to luukku-scan and luukku-card. The fake of tests/emul/super stands in for luukkud and luukku-rtc.
# shellcheck shell=bash
. "$LUUKKU_ROOT/tests/qemu/guest/lib.sh"

keep_attached "$SCANNER_PORT"
keep_attached "$READER_PORT"
wait_for 30 usb_node 1209:0002 || fail "no scanner on the bus"
wait_for 30 usb_node 058f:9540 || fail "no reader on the bus"

dir=$(mktemp -d)
chmod 755 "$dir"
mkdir "$dir/bin"
cp "$LUUKKU_BUILD"/bin/{luukku-super,luukkuctl,luukku-scan,luukku-card} "$dir/bin/"
cp "$LUUKKU_BUILD/tests/luukku-fake" "$dir/bin/luukkud"
cp "$LUUKKU_BUILD/tests/luukku-fake" "$dir/bin/luukku-rtc"
echo x >"$dir/x.pem"
cat >"$dir/kiosk.json" <<JSON
{
  "kiosk": "kiosk-1", "site": "Test", "broker": {"host": "127.0.0.1", "port": 1},
  "tls": {"ca": "x.pem", "cert": "x.pem", "key": "x.pem"}, "device": {"cert": "x.pem", "key": "x.pem"},
  "agencies": [{"id": "kela", "ca": "x.pem"}], "control": "control",
  "devices": {"scanner": {"allow": ["1209:0002"]}, "reader": {"allow": ["058f:9540"]}}
}
JSON

devices() {
  "$dir/bin/luukkuctl" --socket "$dir/control" --json devices
}

# state_is ROLE STATE, card_is WORD: luukkuctl says so.
state_is() {
  devices | grep -E "\"device\":\"$1\",\"state\":\"$2\""
}

card_is() {
  devices | grep "\"card\":\"$1\""
}

"$dir/bin/luukku-super" --config "$dir/kiosk.json" --headless &
super=$!
for role in scanner reader; do
  wait_for 90 state_is "$role" works || fail "the $role does not work"
done
devices
"$dir/bin/luukkuctl" --socket "$dir/control" status | grep walls

answer "$READER_CONTROL" card insert || fail "no card"
wait_for 30 card_is fineid || fail "the card is not known"
for role in scanner reader; do
  control=${role^^}_CONTROL
  answer "${!control}" unplug
  wait_for 30 state_is "$role" absent || fail "the $role is still there"
  answer "${!control}" plug
  wait_for 60 state_is "$role" works || fail "the $role does not come back"
  echo "the $role went and came back"
done
kill "$super"
wait "$super" || fail "luukku-super ended with $?"
