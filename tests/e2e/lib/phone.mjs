// The citizen's own telephone: a second page, which opens what the QR code says.
import { chromium } from 'playwright-core';
import { CHROMIUM } from './chromium.mjs';
import { PATIENCE_MS, until } from './wait.mjs';

/** A browser of its own, that knows nothing of the expert's; gives open(url). */
export async function startPhone() {
  // The demo's authority is not among the browser's.
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--ignore-certificate-errors'] });
  return {
    async open(url) {
      const context = await browser.newContext({ viewport: { width: 390, height: 780 }, locale: 'fi-FI', ignoreHTTPSErrors: true });
      const page = await context.newPage();
      await page.goto(url);
      return new Phone(context, page);
    },
    stop: () => browser.close(),
  };
}

class Phone {
  constructor(context, page) {
    this.context = context;
    this.page = page;
  }

  text(id) {
    return this.page.textContent(`[data-testid="${id}"]`, { timeout: PATIENCE_MS });
  }

  tap(id) {
    return this.page.click(`[data-testid="${id}"]`, { timeout: PATIENCE_MS });
  }

  shows(id) {
    return until(`${id} on the telephone`, async () => (await this.page.locator(`[data-testid="${id}"]`).count()) > 0);
  }

  choose(person) {
    return this.page.check(`input[name="person"][value="${person}"]`, { timeout: PATIENCE_MS });
  }

  screenshot(path) {
    return this.page.screenshot({ path });
  }

  close() {
    return this.context.close();
  }
}
