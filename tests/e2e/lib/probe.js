// Runs in the expert's page before its own code: gives it a stamped picture and a tone instead of a camera, watches what
// it shows and plays, and keeps hold of its connections. The page's own code is not touched.
(() => {
  const TONE_HZ = 660;
  const SIZE = { width: 640, height: 480 };
  const kept = (name) => {
    try {
      return sessionStorage.getItem(name) ?? '';
    } catch {
      return ''; // a document that is only about to be the page has no storage
    }
  };
  const probe = (window.probe = {
    connections: [], channels: {}, made: 0, stamps: 0, bad: 0, counters: new Set(), latencies: [], arrivals: [], firstStampAt: 0, lastStampAt: 0, maxGap: 0,
    nativeSound: navigator.userAgent.includes('Firefox'), refuseCamera: kept('probe-refuse-camera'),
  });
  const now = () => performance.timeOrigin + performance.now();

  // --- stamps: 16 x 4 blocks of 16 px; 32 bits of 0.1 ms wall clock, 16 bits of counter, 16 bits of check
  const words = (ts, counter) => {
    const w = [Math.floor(ts / 65536) & 0xffff, ts & 0xffff, counter & 0xffff, 0];
    w[3] = (w[0] ^ w[1] ^ w[2] ^ 0xa55a) & 0xffff;
    return w;
  };
  const drawStamp = (ctx, ts, counter) => {
    const w = words(ts, counter);
    for (let row = 0; row < 4; row++) {
      for (let col = 0; col < 16; col++) {
        ctx.fillStyle = (w[row] >> (15 - col)) & 1 ? '#fff' : '#000';
        ctx.fillRect(col * 16, row * 16, 16, 16);
      }
    }
  };
  const readStamp = (data) => {
    const w = [0, 0, 0, 0];
    for (let row = 0; row < 4; row++) {
      for (let col = 0; col < 16; col++) {
        let sum = 0;
        for (let j = 6; j < 10; j++) for (let i = 6; i < 10; i++) sum += data[((row * 16 + j) * 256 + col * 16 + i) * 4 + 1];
        w[row] = w[row] * 2 + (sum / 16 > 125 ? 1 : 0);
      }
    }
    if (((w[0] ^ w[1] ^ w[2] ^ 0xa55a) & 0xffff) !== w[3]) return null;
    return { ts: w[0] * 65536 + w[1], counter: w[2] };
  };

  // --- stripes, as wide as its digits say, that a search of the kiosk's memory knows again
  const stripes = kept('probe-stripes');
  const drawStripes = (ctx) => {
    const unit = (SIZE.width - 40) / [...stripes].reduce((a, b) => a + Number(b), 0);
    let x = 20;
    ctx.fillStyle = '#fff';
    ctx.fillRect(0, 380, SIZE.width, 80);
    for (const [i, wide] of [...stripes].entries()) {
      ctx.fillStyle = i % 2 ? '#fff' : '#000';
      ctx.fillRect(x, 380, wide * unit, 80);
      x += wide * unit;
    }
  };

  // --- camera and microphone
  const fakePicture = () => {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, SIZE);
    const ctx = canvas.getContext('2d');
    const stream = canvas.captureStream(30);
    let n = 0;
    const draw = () => {
      if (stream.getVideoTracks()[0].readyState === 'ended') return;
      ctx.fillStyle = `hsl(${n % 360} 40% 50%)`;
      ctx.fillRect(0, 0, SIZE.width, SIZE.height);
      ctx.fillStyle = '#777';
      ctx.fillRect((n * 5) % SIZE.width, SIZE.height / 2, 96, 96);
      if (stripes) drawStripes(ctx);
      drawStamp(ctx, Math.floor(now() * 10) % 4294967296, n++);
      setTimeout(draw, 1000 / 30);
    };
    draw();
    return stream.getVideoTracks()[0];
  };
  // One for all calls of the page: a browser gives only so many.
  let onlyContext = null;
  const audioContext = () => (onlyContext ??= new AudioContext());
  // A browser without a sound device runs no AudioContext: there its own fake microphone hums (firefox.mjs).
  const fakeSound = async () => {
    if (probe.nativeSound) return (await nativeMedia({ audio: true })).getAudioTracks()[0];
    const audio = audioContext();
    const tone = audio.createOscillator();
    const quiet = audio.createGain();
    const out = audio.createMediaStreamDestination();
    tone.frequency.value = TONE_HZ;
    quiet.gain.value = 0.2;
    tone.connect(quiet).connect(out);
    tone.start();
    audio.resume();
    return out.stream.getAudioTracks()[0];
  };
  const refusal = (name) => Promise.reject(new DOMException('refused by the test', name));
  const nativeMedia = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
  if (navigator.mediaDevices) {
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      if (probe.refuseCamera) return refusal(probe.refuseCamera);
      if (window.ownCamera) return nativeMedia(wanted); // a bench films with the browser's
      const stream = new MediaStream();
      if (wanted.video) stream.addTrack(fakePicture());
      if (wanted.audio) stream.addTrack(await fakeSound());
      return stream;
    };
  }

  // --- connections
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...args) {
      super(...args);
      probe.made++;
      probe.connections.push(this);
      this.addEventListener('track', (e) => {
        if (e.track.kind === 'audio') listen(e.track);
      });
      this.addEventListener('datachannel', (e) => { probe.channels[e.channel.label] = e.channel; });
    }
  };
  probe.connection = () => probe.connections.filter((c) => c.signalingState !== 'closed').at(-1);

  // --- what is heard
  let heard = null;
  let analyser = null;
  const listen = (track) => {
    heard = track;
    if (probe.nativeSound) return;
    const audio = audioContext();
    const source = audio.createMediaStreamSource(new MediaStream([track]));
    analyser = audio.createAnalyser();
    analyser.fftSize = 8192;
    source.connect(analyser);
    audio.resume();
  };
  const loudestBin = () => {
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    let best = 0;
    for (let i = 1; i < bins.length; i++) if (bins[i] > bins[best]) best = i;
    return bins[best] < -70 ? 0 : (best * analyser.context.sampleRate) / analyser.fftSize;
  };
  /** Upward zero crossings a second in what the track gives within a second; 0 when it is quiet. */
  const recordedTone = async () => {
    const recorder = new MediaRecorder(new MediaStream([heard]));
    const parts = [];
    recorder.ondataavailable = (e) => parts.push(e.data);
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    recorder.stop();
    await stopped;
    const bytes = await new Blob(parts).arrayBuffer();
    const sound = await new OfflineAudioContext(1, 48000, 48000).decodeAudioData(bytes);
    const all = sound.getChannelData(0);
    const samples = all.subarray(all.length >> 2); // the codec's beginning is no tone
    let up = 0;
    let energy = 0;
    for (let i = 1; i < samples.length; i++) {
      energy += samples[i] * samples[i];
      if (samples[i - 1] < 0 && samples[i] >= 0) up++;
    }
    return Math.sqrt(energy / samples.length) < 0.003 ? 0 : (up * sound.sampleRate) / samples.length;
  };
  probe.toneHz = async () => {
    if (analyser) return loudestBin();
    return heard ? recordedTone() : 0;
  };

  // --- what is seen: the page's own visible element
  const deep = (root, selector) => {
    const hit = root.querySelector(selector);
    if (hit) return hit;
    for (const e of root.querySelectorAll('*')) {
      const inner = e.shadowRoot && deep(e.shadowRoot, selector);
      if (inner) return inner;
    }
    return null;
  };
  probe.find = (testid) => deep(document, `[data-testid="${testid}"]`);
  probe.visible = (testid) => {
    const e = probe.find(testid);
    return Boolean(e && e.getClientRects().length && getComputedStyle(e).visibility === 'visible');
  };
  probe.text = (testid) => probe.find(testid)?.innerText ?? '';
  const small = new OffscreenCanvas(256, 64).getContext('2d', { willReadFrequently: true });
  const seen = (video) => {
    const at = now();
    let stamp = null;
    try {
      small.drawImage(video, 0, 0, 256, 64, 0, 0, 256, 64);
      stamp = readStamp(small.getImageData(0, 0, 256, 64).data);
    } catch {
      // Firefox lets nobody read a picture whose connection is just going.
    }
    if (!stamp) {
      probe.bad++;
      return;
    }
    if (probe.lastStampAt) probe.maxGap = Math.max(probe.maxGap, at - probe.lastStampAt);
    if (!probe.firstStampAt) probe.firstStampAt = at;
    probe.lastStampAt = at;
    probe.stamps++;
    if (!probe.counters.has(stamp.counter) && probe.arrivals.length < 20000) probe.arrivals.push(at);
    probe.counters.add(stamp.counter);
    let late = (Math.floor(at * 10) - stamp.ts) % 4294967296;
    if (late > 2147483647) late -= 4294967296;
    if (probe.latencies.length < 20000) probe.latencies.push(late / 10);
  };
  const watch = (video) => {
    const step = () => {
      seen(video);
      video.requestVideoFrameCallback(step);
    };
    video.requestVideoFrameCallback(step);
  };
  const watched = new WeakSet();
  setInterval(() => {
    const video = probe.find('remote-video');
    const element = video && (video.tagName === 'VIDEO' ? video : video.querySelector('video'));
    if (element && !watched.has(element)) {
      watched.add(element);
      watch(element);
    }
  }, 20);
  probe.reset = () => Object.assign(probe, {
    stamps: 0, bad: 0, counters: new Set(), latencies: [], arrivals: [], firstStampAt: 0, lastStampAt: 0, maxGap: 0,
  });
  probe.seen = () => ({
    stamps: probe.stamps, bad: probe.bad, distinct: probe.counters.size, maxGap: probe.maxGap, made: probe.made,
    latencies: probe.latencies, arrivals: probe.arrivals,
  });

  // --- a data channel of ours, echoed by the kiosk
  probe.echo = (size) => new Promise((resolve, reject) => {
    const channel = probe.connection().createDataChannel('echo');
    const sent = new Uint8Array(size);
    for (let i = 0; i < size; i += 65536) crypto.getRandomValues(sent.subarray(i, Math.min(size, i + 65536)));
    const timer = setTimeout(() => reject(new Error('no echo')), 20000);
    channel.binaryType = 'arraybuffer';
    channel.onopen = () => channel.send(sent);
    channel.onmessage = (e) => {
      const back = new Uint8Array(e.data);
      clearTimeout(timer);
      channel.close();
      resolve(back.length === size && back.every((v, i) => v === sent[i]));
    };
    channel.onerror = (e) => reject(new Error(`echo: ${e.error?.message}`));
  });
})();
