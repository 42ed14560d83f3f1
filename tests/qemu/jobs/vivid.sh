#!/bin/bash
# The kernel's virtual camera: pictures, and its end in mid-stream.
. "$LUUKKU_ROOT/tests/qemu/guest/lib.sh"
modprobe vivid n_devs=1 node_types=0x1 || fail "no vivid"
node=$(basename /sys/devices/platform/vivid.0/video4linux/video*)
# It fails as a camera does that was unplugged, until nobody has it open.
"$LUUKKU_BUILD/tests/qemu.camera" pictures port:vivid.0 2 "v4l2-ctl -d /dev/$node -c disconnect=1" ""
