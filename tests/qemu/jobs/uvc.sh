#!/bin/bash
# An emulated UVC camera over vhci-hcd: pictures, pulled out in mid-stream again and again.
. "$LUUKKU_ROOT/tests/qemu/guest/lib.sh"
load uvcvideo
keep_attached "$CAMERA_PORT"
"$LUUKKU_BUILD/tests/qemu.camera" pictures "name:$CAMERA_NAME" 3 "$(tell "$CAMERA_CONTROL" unplug)" "$(tell "$CAMERA_CONTROL" plug)" ||
  fail "no pictures"
echo "left behind: $(answer "$CAMERA_CONTROL" stream)"
controls=$(answer "$CAMERA_CONTROL" controls)
echo "$controls"
for want in '"exposure-priority":0' '"auto-exposure":8' '"power-line":1' '"auto-focus":1' '"zoom":100'; do
  [[ $controls == *"$want"* ]] || fail "not $want"
done
