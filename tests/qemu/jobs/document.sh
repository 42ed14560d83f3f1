#!/bin/bash
# A photograph of a paper by an emulated document camera.
. "$LUUKKU_ROOT/tests/qemu/guest/lib.sh"
load uvcvideo
keep_attached "$CAMERA_PORT"
"$LUUKKU_BUILD/tests/qemu.camera" snapshot "name:$CAMERA_NAME" /tmp/paper.jpg || fail "no photograph"
head -c 2 /tmp/paper.jpg | od -An -tx1 | grep -q 'ff d8' || fail "no JPEG"
cp /tmp/paper.jpg "/share/paper.jpg"
