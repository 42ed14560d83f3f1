// The browser's side of the bench: the same for every peer. probe.js has run before it.
let pc;
let first;

async function setup(picture) {
  probe.reset();
  first = 0;
  pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: picture });
  const video = document.querySelector('video.remote') ?? document.querySelector('video');
  const shown = new MediaStream();
  pc.ontrack = (e) => {
    shown.addTrack(e.track);
    if (video.srcObject !== shown) video.srcObject = shown;
  };
  pc.onicecandidate = (e) => {
    if (e.candidate?.candidate) onCandidate(e.candidate.candidate, e.candidate.sdpMLineIndex);
  };
  pc.ondatachannel = () => undefined;
  return stream;
}
let ready;
const prepare = (picture = true) => { ready = setup(picture); return ready.then(() => true); };

async function answer(sdp, kbps) {
  const stream = await ready;
  await pc.setRemoteDescription({ type: 'offer', sdp });
  for (const track of stream.getTracks()) pc.addTrack(track, stream);
  await pc.setLocalDescription(await pc.createAnswer());
  for (const sender of pc.getSenders()) {
    if (sender.track?.kind !== 'video') continue;
    const p = sender.getParameters();
    if (p.encodings?.[0]) {
      p.encodings[0].maxBitrate = kbps * 1000;
      p.degradationPreference = 'maintain-resolution';
      await sender.setParameters(p);
    }
  }
  return pc.localDescription.sdp;
}
async function offer() {
  const stream = await ready;
  for (const track of stream.getTracks()) pc.addTrack(track, stream);
  await pc.setLocalDescription(await pc.createOffer());
  return pc.localDescription.sdp;
}
const take = (sdp) => pc.setRemoteDescription({ type: 'answer', sdp }).then(() => true);
const candidate = (text, mline) => pc.addIceCandidate({ candidate: text, sdpMLineIndex: mline ?? 0 }).then(() => true, () => false);
async function finish() {
  const stream = await ready;
  stream.getTracks().forEach((t) => t.stop());
  pc.close();
  document.querySelector('video').srcObject = null;
  return true;
}
/** kbit/s of pictures, both ways, over the next two seconds. */
async function kbits() {
  const bytes = async () => {
    const seen = { sent: 0, received: 0 };
    (await pc.getStats()).forEach((s) => {
      if (s.type === 'outbound-rtp' && s.kind === 'video') seen.sent += s.bytesSent;
      if (s.type === 'inbound-rtp' && s.kind === 'video') seen.received += s.bytesReceived;
    });
    return seen;
  };
  const before = await bytes();
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const after = await bytes();
  const rate = (key) => Math.round(((after[key] - before[key]) * 8) / 2000);
  return { sent: rate('sent'), received: rate('received') };
}
