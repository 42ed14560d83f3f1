// An agency's address as kiosks know it: takes letters, opens them, says how matters stand.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';

const LETTER_MAX = 160 * 1024 * 1024;
const KEY = /^[0-9A-Z-]{4,40}$/;
const ANSWER = /^(.+)-[0-9A-HJKMNP-TV-Z]{8}$/; // the tracking code, and what tells its answers apart
const TYPE = /^application\/pkcs7-mime\b/;

/** Whole and on the disk, or not at all. */
function keep(path, data) {
  const fd = openSync(`${path}.new`, 'w', 0o600);
  try {
    writeFileSync(fd, data);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(`${path}.new`, path);
}

function answer(response, status, body, headers = {}) {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers });
  response.end(text);
}

/** The whole body, or null when it is too long. */
async function read(request) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > LETTER_MAX) {
      return null;
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** What is in a letter, or null when it was not written to this agency. */
function open(letter, { postCert, postKey }) {
  const run = spawnSync('openssl', ['cms', '-decrypt', '-binary', '-inform', 'DER', '-recip', postCert, '-inkey', postKey],
    { input: letter, maxBuffer: LETTER_MAX });
  return run.status === 0 ? run.stdout : null;
}

/** What was answered in the matter `code`, or null. */
function answered(content, code) {
  try {
    const said = JSON.parse(content.toString('utf8'));
    return said.v === 1 && said.code === code && typeof said.answer === 'string' ? said : null;
  } catch {
    return null;
  }
}

export class Agency {
  constructor(options) {
    this.options = options;
    this.trouble = options.trouble ?? 0;
    ['letters', 'matters', 'answers'].forEach((d) => mkdirSync(join(options.dir, d), { recursive: true, mode: 0o700 }));
  }

  path(kind, code, suffix) {
    return join(this.options.dir, kind, `${code}.${suffix}`);
  }

  /** A letter is taken once: the same key with the same bytes says so again, with others it is a mistake. */
  async letter(request, response) {
    const code = request.headers['idempotency-key'];
    if (!KEY.test(code ?? '') || !TYPE.test(request.headers['content-type'] ?? '')) {
      answer(response, 400, { error: 'an Idempotency-Key and application/pkcs7-mime are needed' });
      return;
    }
    const letter = await read(request);
    if (!letter) {
      answer(response, 413, { error: 'the letter is too long' });
      return;
    }
    if (this.trouble > 0) {
      this.trouble -= 1;
      answer(response, 503, { error: 'trouble' }, { 'retry-after': '1' });
      return;
    }
    this.take(code, letter, response);
  }

  take(code, letter, response) {
    const hash = createHash('sha256').update(letter).digest('hex');
    const known = this.path('letters', code, 'sha256');
    if (existsSync(known)) {
      const same = readFileSync(known, 'utf8') === hash;
      answer(response, same ? 200 : 409, same ? { code, repeated: true } : { error: 'this key had another letter' });
      return;
    }
    const content = open(letter, this.options);
    const matter = ANSWER.exec(code)?.[1];
    if (!content || !(matter ? this.answered(code, matter, content) : this.sent(code, content))) {
      answer(response, 422, { error: 'the letter does not open, or is no answer in a matter that is known' });
      return;
    }
    keep(known, hash);
    answer(response, 201, { code });
  }

  sent(code, container) {
    keep(this.path('letters', code, 'asice'), container);
    keep(this.path('matters', code, 'json'), JSON.stringify({ title: 'Luukku', state: 'Received', asks: [] }));
    return true;
  }

  /** answers/<key>.json is what the citizen answered; the matter asks for nothing more. */
  answered(key, code, content) {
    const path = this.path('matters', code, 'json');
    const said = answered(content, code);
    if (!said || !existsSync(path)) {
      return false;
    }
    keep(this.path('answers', key, 'json'), JSON.stringify(said));
    keep(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), asks: [] }));
    return true;
  }

  /** matters/<code>.json is what whoever works at the agency last wrote there. */
  matter(code, response) {
    const path = this.path('matters', code, 'json');
    if (!KEY.test(code) || !existsSync(path)) {
      answer(response, 404, { error: 'no such matter' });
      return;
    }
    answer(response, 200, JSON.parse(readFileSync(path, 'utf8')));
  }

  async handle(request, response) {
    const matter = /^\/matters\/([^/?]+)$/.exec(request.url);
    if (request.method === 'POST' && request.url === '/letters') {
      await this.letter(request, response);
    } else if (request.method === 'GET' && matter) {
      this.matter(matter[1], response);
    } else {
      answer(response, 404, { error: 'there is nothing here' });
    }
  }
}

/** Starts an agency on 127.0.0.1; gives the server once it listens. */
export async function listen(options) {
  const agency = new Agency(options);
  const server = createServer({ cert: readFileSync(options.cert), key: readFileSync(options.key), minVersion: 'TLSv1.2' }, (request, response) => {
    agency.handle(request, response).catch((error) => {
      console.error(`luukku-agency: ${error.message}`);
      response.destroy();
    });
  });
  await new Promise((done, failed) => server.once('error', failed).listen(options.port ?? 0, '127.0.0.1', done));
  return server;
}
