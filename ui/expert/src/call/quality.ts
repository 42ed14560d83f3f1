// The browser's statistics in a few figures and one plain word.

export interface Sample {
  /** Moves whenever any packet arrives, media or connectivity check. */
  traffic: number;
  rttMs: number | null;
  received: number;
  lost: number;
  fps: number | null;
  width: number;
  height: number;
}

export type Grade = 'good' | 'fair' | 'poor';
export interface Quality { grade: Grade; rttMs: number | null; lossPercent: number; fps: number | null }

type Row = Record<string, unknown>;
const number = (row: Row, key: string): number => (typeof row[key] === 'number' ? (row[key] as number) : 0);

/** Browsers count different things; whatever one of them counts, the sum moves. */
const ARRIVALS = ['bytesReceived', 'packetsReceived', 'requestsReceived', 'responsesReceived', 'lastPacketReceivedTimestamp'];

export function sampleOf(report: Iterable<unknown>): Sample {
  const s: Sample = { traffic: 0, rttMs: null, received: 0, lost: 0, fps: null, width: 0, height: 0 };
  for (const entry of report) {
    const row = entry as Row;
    const kind = row['type'];
    if (kind === 'candidate-pair' || kind === 'inbound-rtp' || kind === 'transport') {
      for (const key of ARRIVALS) s.traffic += number(row, key);
    }
    if (kind === 'candidate-pair' && row['nominated'] === true && typeof row['currentRoundTripTime'] === 'number') {
      s.rttMs = Math.round(row['currentRoundTripTime'] * 1000);
    }
    if (kind !== 'inbound-rtp') continue;
    s.received += number(row, 'packetsReceived');
    s.lost += Math.max(0, number(row, 'packetsLost'));
    if (row['kind'] !== 'video') continue;
    s.fps = typeof row['framesPerSecond'] === 'number' ? row['framesPerSecond'] : s.fps;
    s.width = number(row, 'frameWidth');
    s.height = number(row, 'frameHeight');
  }
  return s;
}

/** What happened between two samples. `moving`: the far camera is on; a still picture comes seldom, and that is no fault. */
export function qualityOf(before: Sample | null, now: Sample, moving = true): Quality {
  const received = now.received - (before?.received ?? 0);
  const lost = Math.max(0, now.lost - (before?.lost ?? 0));
  const lossPercent = received + lost > 0 ? Math.round((100 * lost) / (received + lost)) : 0;
  const rtt = now.rttMs ?? 0;
  const fps = moving && now.fps !== null ? now.fps : Infinity;
  const poor = lossPercent >= 10 || rtt >= 500 || fps < 8;
  const fair = lossPercent >= 3 || rtt >= 200 || fps < 18;
  return { grade: poor ? 'poor' : fair ? 'fair' : 'good', rttMs: now.rttMs, lossPercent, fps: now.fps };
}
