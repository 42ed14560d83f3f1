// The few lines of a session description that the page judges itself; the browser reads the rest.

import { refuseUnless } from './reason';

export interface SdpFacts {
  session: string;
  /** From the o= line: 1 to 2,147,483,647. */
  version: number;
  /** The one sha-256 fingerprint of every medium, upper case. */
  fingerprint: string;
  /** Of a=x-luukku-offer, or null. */
  answers: number | null;
}

const ORIGIN = /^o=\S+ (\d{1,20}) (\d{1,10}) IN IP[46] \S+$/;
const PRINT = /^a=fingerprint:(\S+) (\S+)$/i;
export const NUMBER_MAX = 2147483647;

/** Every medium carries the same single sha-256 fingerprint, its own or the session's; no other anywhere. */
function oneFingerprint(sections: string[][]): string {
  const prints = sections.map((lines) => lines.filter((l) => /^a=fingerprint:/i.test(l)));
  const [session = [], ...media] = prints;
  refuseUnless(session.length + prints.flat().length > 0, 'fingerprint');
  refuseUnless(prints.every((p) => p.length <= 1) && (session.length === 1 || media.every((p) => p.length === 1)), 'fingerprint');
  const values = new Set(prints.flat().map((line) => {
    const hit = PRINT.exec(line);
    refuseUnless(hit !== null && hit[1]!.toLowerCase() === 'sha-256', 'fingerprint');
    refuseUnless(/^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/i.test(hit[2]!), 'fingerprint');
    return hit[2]!.toUpperCase();
  }));
  refuseUnless(values.size === 1, 'fingerprint');
  return [...values][0]!;
}

/** Judges an offer or answer. Throws `malformed` or `fingerprint`. */
export function readSdp(sdp: string): SdpFacts {
  const lines = sdp.split(/\r?\n/);
  refuseUnless(lines[0] === 'v=0', 'malformed');
  const origin = ORIGIN.exec(lines[1] ?? '');
  const version = Number(origin?.[2] ?? 0);
  refuseUnless(origin !== null && version >= 1 && version <= NUMBER_MAX, 'malformed');
  const sections: string[][] = [[]];
  for (const line of lines) {
    if (line.startsWith('m=')) sections.push([]);
    sections.at(-1)!.push(line);
  }
  refuseUnless(sections.length > 1, 'malformed');
  const answers = sections[0]!.map((l) => /^a=x-luukku-offer:(\d{1,10})$/.exec(l)?.[1]).filter((v) => v !== undefined);
  refuseUnless(answers.length <= 1, 'malformed');
  return {
    session: origin[1]!, version, fingerprint: oneFingerprint(sections), answers: answers[0] === undefined ? null : Number(answers[0]),
  };
}

/** The fingerprint of a description, lower-case hex without colons; null where there is none that may be used. */
export function printOf(sdp: string): string | null {
  try {
    return readSdp(sdp).fingerprint.replaceAll(':', '').toLowerCase();
  } catch {
    return null;
  }
}

/** The answer's text as it is sent: with the version of the offer it answers, after the t= line. */
export function markAnswer(sdp: string, offerVersion: number): string {
  return sdp.replace(/^(t=[^\r\n]*)\r?\n/m, `$1\r\na=x-luukku-offer:${offerVersion}\r\n`);
}
