// Debian's Firefox as an expert's browser, over WebDriver BiDi.
import { readFileSync } from 'node:fs';
import puppeteer from 'puppeteer-core';
import { ExpertPage } from './expert.mjs';
import { PATIENCE_MS } from './wait.mjs';

const FIREFOX = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
const PROBE = readFileSync(new URL('./probe.js', import.meta.url), 'utf8');
const PREFERENCES = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.navigator.audio.fake_frequency': 660,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  // A page is at 127.0.0.1 here: its addresses are no secret to its own machine.
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'intl.accept_languages': 'fi-FI',
};

export async function startFirefox() {
  const browser = await puppeteer.launch({
    browser: 'firefox', executablePath: FIREFOX, headless: true, extraPrefsFirefox: PREFERENCES,
  });
  return {
    name: 'firefox',
    async open(url) {
      const page = await browser.newPage();
      const errors = [];
      page.on('pageerror', (e) => errors.push(e.stack ?? e.message));
      await page.setViewport({ width: 1440, height: 900 });
      await page.evaluateOnNewDocument(PROBE);
      await page.goto(url);
      const handle = async (id) => {
        const found = await page.waitForFunction((i) => window.probe.find(i), { timeout: PATIENCE_MS }, id);
        return found.asElement();
      };
      return new ExpertPage({
        errors,
        evaluate: (fn, arg) => page.evaluate(fn, arg),
        click: async (id) => (await handle(id)).click(),
        fill: async (id, text) => {
          const e = await handle(id);
          await e.click();
          await e.type(text);
        },
        reload: () => page.reload(),
        close: () => page.close(),
        screenshot: (path) => page.screenshot({ path }),
      });
    },
    stop: () => browser.close(),
  };
}
