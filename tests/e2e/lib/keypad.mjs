// The kiosk as a blind person has it: the assistive keypad, and what is spoken. Nothing else of the kiosk is looked at.
import { readFileSync } from 'node:fs';
import { assert, PATIENCE_MS, until } from './wait.mjs';

const MAP = new URL('../../../board/common/keypad.example.json', import.meta.url);
const { keys: KEYS } = JSON.parse(readFileSync(MAP, 'utf8'));
/** More controls than any screen has. */
const STEPS_MAX = 60;

export class Keypad {
  constructor(kiosk) {
    this.kiosk = kiosk;
    this.heard = []; // what nobody waited for yet
    this.all = []; // all that was ever spoken, with the number of the key that went before
    this.key = '';
    this.step = 0;
    this.newest = 0;
  }

  /** A key of the pad by what it does: next, previous, select, back, help, speech, repeat... */
  async press(action) {
    assert(KEYS[action], `the keypad has no key ${action}`);
    await this.listen();
    this.heard.length = 0; // a key cuts what was being said
    this.key = action;
    this.step += 1;
    await this.kiosk.ctl('ui', 'key', KEYS[action][0]).catch((error) => {
      // Leaving ends the program that answers, perhaps before it does.
      if (!/ended before it answered/.test(error.message)) throw error;
    });
  }

  /** What was spoken lately, with what became of it. */
  #log() {
    return this.kiosk.ctl('ui', 'speech', 'peek').catch((error) => {
      if (/not running just now/.test(error.message)) return []; // the programs start anew after a visit
      throw error;
    });
  }

  /** Waits until an utterance was real sound to its end. */
  wasSpoken({ id, text }, ms = PATIENCE_MS) {
    return until(`"${text}" to be spoken to its end`, async () => (await this.#log()).find((u) => u.id === id)?.outcome === 'done', ms);
  }

  async listen() {
    const log = await this.#log();
    // Numbers begin anew with the programs, after a visit.
    if (log.length > 0 && log.at(-1).id < this.newest) this.newest = 0;
    const news = log.filter((u) => u.id > this.newest);
    this.newest = log.at(-1)?.id ?? this.newest;
    for (const u of news) {
      if (process.env.VERBOSE) console.error(`  ${this.key || '-'}> ${u.lang}${u.private ? ' private' : ''}${u.interrupt ? ' cuts' : ''}: ${u.text}`);
      this.heard.push(u);
      this.all.push({ ...u, step: this.step });
    }
    return this.heard;
  }

  /** Waits for words since the last key; gives the utterance. What came before it is forgotten. */
  async hears(words, ms = PATIENCE_MS) {
    const like = words instanceof RegExp ? words : { test: (text) => text.includes(words) };
    return until(`the kiosk to speak "${words}" (heard: ${JSON.stringify(this.heard.map((u) => u.text))})`, async () => {
      const all = await this.listen();
      const at = all.findIndex((u) => like.test(u.text));
      return at >= 0 && all.splice(0, at + 1).at(-1);
    }, ms);
  }

  /** Whether words were spoken: ever, or in the newest `last` utterances. */
  said(words, last = this.all.length) {
    return last > 0 && this.all.slice(-last).some((u) => u.text.includes(words));
  }

  /** All in one language, and nothing said twice in a row by itself. */
  wasCalm(lang) {
    for (const [i, u] of this.all.entries()) {
      assert(u.lang === lang, `in ${u.lang}: ${u.text}`);
      assert(i === 0 || u.step !== this.all[i - 1].step || u.text !== this.all[i - 1].text, `spoken twice: ${u.text}`);
    }
  }

  /** Goes on with `next` until a control is spoken whose words begin so, or are like that; gives what was spoken. Every step must be heard. */
  async find(words, { key = 'next', most = STEPS_MAX } = {}) {
    const passed = [];
    for (let i = 0; i < most; i += 1) {
      await this.press(key);
      const said = (await this.listen()).map((u) => u.text).join(' ');
      assert(said, `the key ${key} after "${passed.at(-1)}" is answered with silence`);
      if (words instanceof RegExp ? words.test(said) : said.startsWith(words)) return said;
      passed.push(said);
    }
    throw new Error(`the keypad never came to "${words}": ${JSON.stringify(passed)}`);
  }

  async choose(words) {
    const said = await this.find(words);
    await this.press('select');
    return said;
  }
}
