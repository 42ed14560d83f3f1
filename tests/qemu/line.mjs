// The technician's end of a serial line.
export class Line {
  #socket;
  #heard = '';
  #waiting = () => undefined;

  constructor(socket) {
    this.#socket = socket;
    socket.setEncoding('latin1').on('data', (text) => {
      this.#heard += text;
      this.#waiting();
    });
  }

  /** Waits for a text; gives what came before it and takes both off. */
  async expect(text, ms = 120000) {
    const end = Date.now() + ms;
    for (;;) {
      const at = this.#heard.indexOf(text);
      if (at >= 0) {
        const before = this.#heard.slice(0, at);
        this.#heard = this.#heard.slice(at + text.length);
        return before;
      }
      if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for ${JSON.stringify(text)}, heard ${JSON.stringify(this.#heard.slice(-2000))}`);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, 1000);
        this.#waiting = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** What came and was not waited for; it is taken off. */
  take() {
    const heard = this.#heard;
    this.#heard = '';
    return heard;
  }

  type(text) {
    this.#socket.write(text);
  }

  /** Runs a command; gives its output. */
  async run(command, ms) {
    this.type(`${command}\r`);
    await this.expect(`${command}\r\n`, ms);
    return this.expect('luukku> ', ms);
  }
}
