// What is known of each kiosk of a fleet, from its reports alone. Time is given (ms since 1970); no I/O here.
import { kioskOf, openReport, publicKey, Refused } from './report.mjs';

export const STATES = ['down', 'failed', 'attention', 'waiting', 'ok'];
const KIOSKS_MAX = 20000;
const RUNS_MAX = 64; // earlier runs remembered for each kiosk
const REFUSALS_MAX = 50;
const BURST = 20; // reports of one kiosk looked at at once, then
const REFILL_MS = 1000; // one in this time
const CLOCK_S = 300; // a kiosk's clock may differ by this
const BACK_S = 120; // and fall by this from one run to the next
const RESTARTS = 3; // of a program since the last report: somebody should look
const DAY_MS = 86400e3;
const FULL_SHARE = 20; // a disk is full with less than a 20th free

const NAMES = {
  luukkud: 'screen and session', 'luukku-rtc': 'calls', 'luukku-fetch': 'letters', 'luukku-scan': 'scanning', 'luukku-card': 'cards',
};

const days = (ends, now) => Math.floor((ends * 1000 - now) / DAY_MS);
const because = (what, why) => (why ? `${what}: ${why}` : what);
const WORDS = { failed: 'fails', absent: 'is not there', unknown: 'is not known' };
const restartsOf = (report) => new Map((report?.programs ?? []).map((p) => [p.name, p.restarts]));

/** What is wrong by one report, [severity, words] each; `before` is the run's one before it. */
function findings(report, before, now, certDays) {
  const found = [];
  const earlier = restartsOf(before);
  for (const p of report.programs) {
    if (p.state === 'failed') found.push(['failed', because(`${p.name} (${NAMES[p.name] ?? 'program'}) does not run`, p.why)]);
    else if (p.why) found.push(['attention', because(p.name, p.why)]);
    if (before && p.restarts - (earlier.get(p.name) ?? 0) >= RESTARTS) found.push(['attention', `${p.name} keeps ending`]);
  }
  for (const d of report.devices) {
    if (WORDS[d.state]) found.push(['failed', because(`${d.name} ${WORDS[d.state]}`, d.why)]);
  }
  for (const c of report.certs) {
    const left = days(c.ends, now);
    if (c.ends === 0) found.push(['failed', `certificate ${c.name} cannot be read`]);
    else if (left < 0) found.push(['failed', `certificate ${c.name} has ended`]);
    else if (left <= certDays) found.push(['attention', `certificate ${c.name} ends in ${left} ${left === 1 ? 'day' : 'days'}`]);
  }
  for (const s of report.storage) {
    if (s.free_mb < s.total_mb / FULL_SHARE) found.push(['attention', `disk ${s.name} is nearly full (${s.free_mb} MB left)`]);
  }
  return found;
}

const worst = (found) => STATES.find((s) => found.some(([state]) => state === s)) ?? 'ok';

export class Fleet {
  /** `list` is fleet.json's `kiosks`; downMs: silent for so long is down; certDays: as long before its end a certificate is named. */
  constructor(list, { now, downMs = 120000, certDays = 30 }) {
    const names = Object.keys(list);
    if (names.length > KIOSKS_MAX) throw new Error(`a fleet of more than ${KIOSKS_MAX} kiosks`);
    this.options = { downMs, certDays };
    this.since = now;
    this.version = 0; // rises with everything that is shown
    this.counts = { taken: 0, refused: {} };
    this.refusals = []; // the last ones
    this.kiosks = new Map(names.map((name) => [name, {
      name, site: String(list[name].site ?? '').slice(0, 128), key: publicKey(list[name].key), runs: [], tokens: BURST, refilled: now,
      state: 'waiting', what: [],
    }]));
  }

  /** Takes what came on `topic`. Gives the kiosk's events: [{kiosk, state, was, what}], [] when nothing changed. */
  take(topic, payload, now) {
    try {
      this.#limit(kioskOf(topic), now);
      const report = openReport(topic, payload, (name) => this.kiosks.get(name)?.key);
      const k = this.kiosks.get(report.kiosk);
      const found = [...this.#follow(k, report), ...findings(report, k.report, now, this.options.certDays)];
      if (Math.abs(report.at * 1000 - now) > CLOCK_S * 1000) found.push(['attention', 'its clock is wrong']);
      Object.assign(k, { report, seen: now, found });
      this.counts.taken++;
      return this.#judge(k, now);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#refuse(topic, error.message, now);
      return [];
    }
  }

  /** Looks at the time: who has been silent for too long. Gives events. */
  tick(now) {
    return [...this.kiosks.values()].flatMap((k) => this.#judge(k, now));
  }

  /** A table's rows, the worst first. */
  rows(now) {
    const order = (k) => STATES.indexOf(k.state);
    return [...this.kiosks.values()].sort((a, b) => order(a) - order(b) || (a.name < b.name ? -1 : 1)).map((k) => ({
      kiosk: k.name, site: k.site, state: k.state, what: k.what, seen_s: k.seen === undefined ? null : Math.round((now - k.seen) / 1000),
      ...(k.report && {
        version: k.report.version, up_s: k.report.up_s, line: k.report.line, broker: k.report.broker,
        cert_days: k.report.certs.length ? Math.min(...k.report.certs.map((c) => days(c.ends, now))) : null,
      }),
    }));
  }

  /** How many kiosks are in each state, and what was refused. */
  summary() {
    const states = Object.fromEntries(STATES.map((s) => [s, 0]));
    for (const k of this.kiosks.values()) states[k.state]++;
    return { kiosks: this.kiosks.size, states, taken: this.counts.taken, refused: { ...this.counts.refused } };
  }

  /** One noisy kiosk costs no more than this; who is no kiosk of ours costs nothing, and is refused behind its shape. */
  #limit(name, now) {
    const k = this.kiosks.get(name);
    if (!k) return;
    const more = Math.floor((now - k.refilled) / REFILL_MS);
    if (more > 0) {
      k.tokens = Math.min(BURST, k.tokens + more);
      k.refilled += more * REFILL_MS;
    }
    if (k.tokens === 0) throw new Refused('limited');
    k.tokens--;
  }

  /** Is it new? An old one played again is refused; a run whose clock fell back is named, since it may be one. */
  #follow(k, report) {
    if (k.report?.call === report.call) {
      if (report.n <= k.report.n) throw new Refused('order');
      return [];
    }
    if (k.runs.includes(report.call)) throw new Refused('order');
    const back = k.report && report.at < k.report.at - BACK_S;
    if (k.report) k.runs = [k.report.call, ...k.runs].slice(0, RUNS_MAX);
    k.report = undefined; // its programs' restarts are counted anew
    return back ? [['attention', 'its clock fell back, or an old report was played again']] : [];
  }

  #refuse(topic, reason, now) {
    this.counts.refused[reason] = (this.counts.refused[reason] ?? 0) + 1;
    const plain = String(topic).slice(0, 80).replace(/[^ -~]/g, '?');
    this.refusals = [{ at: new Date(now).toISOString(), topic: plain, reason }, ...this.refusals].slice(0, REFUSALS_MAX);
    this.version++;
  }

  #judge(k, now) {
    const silent = now - (k.seen ?? this.since) >= this.options.downMs;
    const state = silent ? 'down' : k.report ? worst(k.found) : 'waiting';
    const what = silent ? [k.seen === undefined ? 'has not reported' : 'reports no more'] : (k.found ?? []).map(([, words]) => words);
    const was = k.state;
    const same = state === was && what.join() === k.what.join();
    Object.assign(k, { state, what });
    if (!same || !silent) this.version++;
    return same ? [] : [{ kiosk: k.name, state, was, what }];
  }
}
