// The mechanism: glass, feeder, cover, and the jobs that read from them. No HTTP here.
import { randomUUID } from 'node:crypto';

const JOBS_KEPT = 8;
const CANCEL_IGNORED_MS = 3000;
const EARLY_MS = 400;

export class Scanner {
  /** {faults, sources: {platen, feeder, duplex}, ppm (0: as fast as it goes), now} */
  constructor({ faults, sources, ppm, now = () => performance.now() }) {
    Object.assign(this, { faults, sources, ppm, now });
    this.jobs = [];
    this.glass = true;
    this.cover = 'closed';
    this.jammed = false;
    this.jamAt = 0; // sheet at which the feeder will jam
    this.blank = new Set();
    this.load(0);
  }

  /** Puts `n` sheets in the feeder; `blank` names sheets ("2") and backs ("2b") with nothing on them. */
  load(n, blank = []) {
    this.sheets = n;
    this.fed = 0; // sheets since then
    this.jammed = false;
    this.blank = new Set(blank);
  }

  get current() {
    return this.jobs.find((j) => j.state === 'Processing') ?? null;
  }

  get state() {
    if (this.faults.has('busy-state')) {
      return 'Processing';
    }
    if (this.faults.has('state-testing')) {
      return 'Testing';
    }
    if (this.jammed || this.cover === 'open') {
      return 'Stopped';
    }
    return this.current ? 'Processing' : 'Idle';
  }

  get adfState() {
    const odd = this.faults.has('odd-adf-names');
    if (this.faults.has('status-says-empty')) {
      return 'ScannerAdfEmpty';
    }
    if (this.faults.has('status-says-loaded')) {
      return 'ScannerAdfLoaded';
    }
    if (this.jammed) {
      return 'ScannerAdfJam';
    }
    if (this.cover === 'open') {
      return odd ? 'ScannerAdfDoorOpen' : 'ScannerAdfHatchOpen';
    }
    if (this.sheets > 0) {
      return 'ScannerAdfLoaded';
    }
    return odd ? 'ScannerAdfProcessing' : 'ScannerAdfEmpty';
  }

  get blocked() {
    const { faults } = this;
    return faults.has('busy-state') || faults.has('state-testing') || this.cover === 'open' || this.current !== null
      || (faults.has('needs-delete') && this.jobs.some((j) => !j.deleted));
  }

  /** A new job, or the HTTP status that refuses it. */
  start(settings) {
    if (this.blocked) {
      return 503;
    }
    const feeder = settings.source !== 'platen';
    if (feeder && this.jammed) {
      return 409;
    }
    if (feeder && this.sheets === 0 && !this.faults.take('empty-feeder-taken')) {
      if (!this.faults.has('empty-feeder-as-jam')) {
        return 409;
      }
      this.jammed = true;
    }
    const job = { id: randomUUID(), settings, state: 'Processing', reason: 'JobScanning', born: this.now(), clock: this.now(), done: 0,
      back: 0, lastPage: -Infinity, deleted: false };
    this.jobs.unshift(job);
    this.jobs.length = Math.min(this.jobs.length, JOBS_KEPT);
    return job;
  }

  find(id) {
    return this.jobs.find((j) => j.id === id) ?? null;
  }

  end(job, state, reason) {
    if (job.state === 'Processing') {
      Object.assign(job, { state, reason });
    }
  }

  cancel(job) {
    job.deleted = true;
    if (this.faults.take('cancel-ignored') && job.state === 'Processing') {
      setTimeout(() => this.end(job, 'Canceled', 'JobCanceledByUser'), CANCEL_IGNORED_MS).unref();
      return;
    }
    this.end(job, 'Canceled', 'JobCanceledByUser');
  }

  /** All that was under way is over: unplugged, reset. */
  abort() {
    for (const job of this.jobs) {
      this.end(job, 'Aborted', 'AbortedBySystem');
      job.deleted = true;
    }
  }

  jam(job) {
    this.jammed = true;
    this.end(job, 'Aborted', 'JobScanningAndTransferring');
  }

  early(job) {
    return this.now() - job.lastPage < EARLY_MS;
  }

  /** The next side of a job: {sheet, back, blank}, or 'end', 'jam'. */
  next(job) {
    if (job.state !== 'Processing') {
      return job.reason === 'JobScanningAndTransferring' ? 'jam' : 'end';
    }
    const side = job.settings.source === 'platen' ? this.fromGlass(job) : this.fromFeeder(job);
    if (side === 'end') {
      this.end(job, 'Completed', 'JobCompletedSuccessfully');
    } else if (side === 'jam') {
      this.jam(job);
    } else {
      job.done += 1;
    }
    return side;
  }

  fromGlass(job) {
    return job.done ? 'end' : { sheet: 1, back: false, blank: !this.glass, glass: true };
  }

  fromFeeder(job) {
    if (this.jammed) {
      return 'jam';
    }
    if (job.back) {
      const sheet = job.back;
      job.back = 0;
      return { sheet, back: true, blank: this.blank.has(`${sheet}b`) };
    }
    if (this.sheets === 0 || (job.done && this.faults.take('sheet-limit'))) {
      return 'end';
    }
    const sheet = this.fed + 1;
    if (this.jamAt === sheet) {
      this.jamAt = 0;
      return 'jam';
    }
    this.sheets -= 1;
    this.fed = sheet;
    job.back = job.settings.source === 'duplex' ? sheet : 0;
    return { sheet, back: false, blank: this.blank.has(String(sheet)) };
  }

  /** Was that the last side? Then the job is over, as the device knows by its paper sensor. */
  settle(job) {
    const last = job.settings.source === 'platen' || (!job.back && this.sheets === 0);
    job.lastPage = this.now();
    if (last) {
      this.end(job, 'Completed', 'JobCompletedSuccessfully');
    }
  }

  /** How long the next page's answer has to last, ms: the paper moves from the job's start on. */
  pageTime(job) {
    if (!this.ppm) {
      return 0;
    }
    job.clock = Math.max(job.clock + 60000 / this.ppm, this.now());
    return Math.max(0, job.clock - this.now());
  }
}
