#!/bin/bash
# One emulated scanner, RUNS times each in turn, PAGES from its feeder, A4, 300 dpi, colour: drivers/escl with
# firmware/pages, and ipp-usb with sane-airscan. Prints "figure SIDE scan {json}", and fails unless the pixels are the same.
. "$LUUKKU_ROOT/tests/qemu/guest/lib.sh"
bin=$LUUKKU_BUILD/bin
keep_attached "$DEVICE_PORT"
wait_for 20 usb_node "$USB_ID" || fail "no scanner"
mkdir -p /var/log/ipp-usb /var/ipp-usb/dev /var/ipp-usb/lock
# Both decode with libjpeg-turbo. What a processor does fastest (28 ms a page, by SIMD) QEMU does slowest: SIMD costs it 2.5 s,
# plain code 0.4 s, and nothing else would be seen. So it is told to do without, on both sides alike. SIMD=1 leaves it on.
[[ ${SIMD:-} == 1 ]] || export JSIMD_FORCENONE=1
# No announcements, no log: nobody needs them here.
sed -i -e 's/^ *dns-sd *=.*/dns-sd = disable/' -e 's/^\( *[a-z]*-log *=\).*/\1 error/' /etc/ipp-usb/ipp-usb.conf
echo >/etc/sane.d/dll.conf
cat >/etc/sane.d/airscan.conf <<'C'
[devices]
"Scanner" = http://127.0.0.1:60000/eSCL/, eSCL
[options]
discovery = disable
C

figure() {
  local side=$1 daemons=$2 line
  shift 2
  line=$("$bin/bench-meter" "$daemons" "$@" 2>/tmp/said | tail -1)
  [[ $line == '{'* && $line != *'"failed"'* ]] || fail "$side: $(tail -5 /tmp/said)"
  ((i < 0)) || echo "figure $side scan $line"
}

ours() {
  answer "$DEVICE_CONTROL" pages "$PAGES" || fail "no pages"
  figure ours - "$bin/bench-scan" "$(usb_node "$USB_ID")" 300 "$PAGES"
  sums >/tmp/ours.sums
  rm -f /tmp/page*.pnm
}

reachable() {
  (exec 9<>/dev/tcp/127.0.0.1/60000)
}

theirs() {
  local daemon
  answer "$DEVICE_CONTROL" pages "$PAGES" || fail "no pages"
  ipp-usb standalone >/tmp/ipp-usb.log 2>&1 &
  daemon=$!
  wait_for 30 reachable || fail "ipp-usb: $(tail -5 /tmp/ipp-usb.log)"
  rm -f /tmp/page*.pnm
  figure theirs "$daemon" scanimage -d airscan:e0:Scanner --source ADF --mode Color --resolution 300 -x 210 -y 297 \
    --format=pnm --batch=/tmp/page%02d.pnm --batch-count="$PAGES"
  sums >/tmp/theirs.sums
  rm -f /tmp/page*.pnm
  kill "$daemon"
  wait "$daemon"
}

# Width, height and SHA-256 of the pixels of each page. A PNM ends with its pixels. Not measured.
sums() {
  local file width height
  for file in /tmp/page*.pnm; do
    read -r width height < <(head -c 200 "$file" | grep -a -m1 -E '^[0-9]+ [0-9]+$')
    echo "$width $height $(tail -c $((width * height * 3)) "$file" | sha256sum | cut -d' ' -f1)"
  done
}

# The first round is not counted: programs are loaded, and pages drawn, on both sides.
for ((i = -1; i < RUNS; i++)); do
  ours
  theirs
  cat /tmp/ours.sums
  cmp /tmp/ours.sums /tmp/theirs.sums || fail "not the same pixels: $(cat /tmp/theirs.sums)"
done
