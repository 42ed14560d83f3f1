// Runs in a browser page of its own: the kiosk's end of a connection, and a drawn person in front of its camera.
(() => {
  const PEOPLE = {
    citizen: { wall: ['#dfe4e6', '#8d9aa1'], hair: '#5a3a2a', skin: '#eac0a2', coat: '#2f6f73', far: '#c9a27a' },
    expert: { wall: ['#d5dde8', '#a9b8cb'], hair: '#c79a5b', skin: '#f0cbb2', coat: '#24416b', far: '#8fa5c0' },
  };

  window.drawPerson = (ctx, who, nod) => {
    const { width: w, height: h } = ctx.canvas;
    const p = PEOPLE[who];
    const wall = ctx.createLinearGradient(0, 0, w, h);
    wall.addColorStop(0, p.wall[0]);
    wall.addColorStop(1, p.wall[1]);
    const blob = (colour, x, y, rx, ry) => {
      ctx.fillStyle = colour;
      ctx.beginPath();
      ctx.ellipse(w * x, h * (y + nod), h * rx, h * ry, 0, 0, 7);
      ctx.fill();
    };
    ctx.fillStyle = wall;
    ctx.fillRect(0, 0, w, h);
    ctx.fillStyle = p.far;
    ctx.fillRect(w * 0.74, h * 0.12, w * 0.2, h * 0.7);
    blob(p.hair, 0.5, 0.4, 0.23, 0.29);
    ctx.fillStyle = p.hair;
    ctx.fillRect(w * 0.5 - h * 0.23, h * 0.4, h * 0.46, h * 0.34);
    blob(p.coat, 0.5, 1.04, 0.46, 0.36);
    blob(p.skin, 0.5, 0.66, 0.09, 0.13);
    blob(p.skin, 0.5, 0.43, 0.17, 0.22);
    blob('#3a2b25', 0.5 - 0.035, 0.41, 0.014, 0.018);
    blob('#3a2b25', 0.5 + 0.035, 0.41, 0.014, 0.018);
    ctx.strokeStyle = '#a5524a';
    ctx.lineWidth = h * 0.012;
    ctx.beginPath();
    ctx.arc(w * 0.5, h * (0.49 + nod), h * 0.06, 0.4, Math.PI - 0.4);
    ctx.stroke();
  };

  window.personTrack = (who) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
    const ctx = canvas.getContext('2d');
    let n = 0;
    const draw = () => window.drawPerson(ctx, who, Math.sin(n++ / 12) * 0.004);
    draw();
    setInterval(draw, 33);
    return canvas.captureStream(30).getVideoTracks()[0];
  };

  window.offerCall = async () => {
    const pc = new RTCPeerConnection();
    const ctl = pc.createDataChannel('ctl');
    const text = pc.createDataChannel('text', { protocol: 't140' });
    ctl.onmessage = ({ data }) => window.ctlHeard?.(data);
    ctl.onopen = () => ctl.send(JSON.stringify({ type: 'state', mic: true, camera: true }));
    text.onopen = () => text.send(`\u0098luukku;1;${'ab'.repeat(8)};${'0'.repeat(16)};0\u009c`);
    const audio = new AudioContext();
    const hum = audio.createMediaStreamDestination();
    const voice = new GainNode(audio, { gain: 0 });
    const tone = new OscillatorNode(audio, { frequency: 220 });
    tone.connect(voice).connect(hum);
    tone.start();
    pc.addTrack(hum.stream.getAudioTracks()[0], hum.stream);
    pc.addTrack(window.personTrack('citizen'));
    await pc.setLocalDescription();
    if (pc.iceGatheringState !== 'complete') await new Promise((resolve) => { pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && resolve(); });
    window.line = { pc, ctl, text, voice };
    return pc.localDescription.sdp;
  };

  window.answerCall = (sdp) => window.line.pc.setRemoteDescription({ type: 'answer', sdp: sdp.replace(/a=x-luukku-offer:.*\r?\n/, '') });
  window.addCandidate = (candidate, sdpMid) => window.line.pc.addIceCandidate({ candidate, sdpMid }).catch(() => undefined);
  window.openCtl = () => new Promise((resolve) => { if (window.line.ctl.readyState === 'open') resolve(); else window.line.ctl.addEventListener('open', () => resolve()); });
  window.sayCtl = (text) => window.line.ctl.send(text);
  window.writeText = (words) => window.line.text.send(words);
  // The channel for the form is opened when it is wanted; what comes and goes on it is the test's (form.mjs).
  window.openForm = () => {
    const form = window.line.pc.createDataChannel('form');
    form.binaryType = 'arraybuffer';
    form.onmessage = ({ data }) => window.formHeard(btoa(String.fromCharCode(...new Uint8Array(data))));
    window.line.form = form;
    return new Promise((resolve) => { form.onopen = () => resolve(); });
  };
  // An answer may be there before this end has heard that its channel is open.
  const say = (channel, messages) => {
    const send = () => { for (const m of messages) channel.send(Uint8Array.from(atob(m), (c) => c.charCodeAt(0))); };
    if (channel?.readyState === 'open') send();
    if (channel?.readyState === 'connecting') channel.addEventListener('open', send, { once: true });
  };
  window.sayForm = (chunks) => say(window.line.form, chunks);
  window.shutForm = () => window.line.form.close();
  // Likewise the channel for papers (paper.mjs), and what a scanner would see: a payslip, more or less.
  window.openPaper = () => {
    const paper = window.line.pc.createDataChannel('paper');
    paper.binaryType = 'arraybuffer';
    paper.onmessage = ({ data }) => window.paperHeard(btoa(Array.from(new Uint8Array(data), (b) => String.fromCharCode(b)).join('')));
    window.line.paper = paper;
    return new Promise((resolve) => { paper.onopen = () => resolve(); });
  };
  window.sayPaper = (messages) => say(window.line.paper, messages);
  window.shutPaper = () => window.line.paper.close();
  const ROWS = [['Nimi', 'Korhonen Aino Maria'], ['Palkkakausi', '1.8.-31.8.2026'], ['Kuukausipalkka', '2 480,00'], ['Iltalisä', '126,40'], ['Ennakonpidätys', '-521,28'], ['Työeläkemaksu', '-186,35'], ['Maksetaan', '1 898,77']];
  window.drawPaper = (w, h, n) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h });
    const ctx = canvas.getContext('2d');
    const u = Math.min(w, h) / 100;
    const font = (size, weight = 400) => { ctx.font = `${weight} ${size * u}px "DejaVu Serif", serif`; };
    ctx.fillStyle = '#fdfcf8';
    ctx.fillRect(0, 0, w, h);
    ctx.fillStyle = '#23282c';
    font(2.2, 700);
    ctx.fillText('Kuopion leipomo Oy', 9 * u, 12 * u);
    font(2);
    ctx.fillText('Esimerkkikatu 1', 9 * u, 15 * u);
    ctx.fillText('70100 Kuopio', 9 * u, 18 * u);
    ctx.fillText(`Sivu ${n}`, w - 20 * u, 12 * u);
    font(3.4, 700);
    ctx.fillText(['', 'Palkkakuitti', 'Palkkakuitti, kääntöpuoli', 'Ajokortti'][n], 9 * u, 29 * u);
    for (const [i, [name, value]] of ROWS.entries()) {
      const y = (40 + i * 6) * u;
      font(2.2);
      ctx.fillStyle = '#5b6064';
      ctx.fillText(name, 10 * u, y);
      ctx.fillStyle = '#23282c';
      font(2.2, i === ROWS.length - 1 ? 700 : 400);
      ctx.fillText(value, 52 * u, y);
      ctx.fillStyle = '#c9c8c0';
      ctx.fillRect(9 * u, y + 2 * u, w - 18 * u, Math.max(1, u / 8));
    }
    return canvas.toDataURL('image/jpeg', 0.9).split(',')[1];
  };
  window.speak = (on) => { window.line.voice.gain.value = on ? 0.3 : 0; };
  window.dropCall = () => window.line.pc.close();
})();
