// An emulated device by its own control socket: what is said there passes through no program of the kiosk.
import { connect } from 'node:net';

const ANSWER_MS = 45000;

/** Sends one command; gives the words after "ok", or throws with what was wrong. */
export function order(socket, ...words) {
  return new Promise((resolve, reject) => {
    const line = connect(socket);
    let text = '';
    const end = (fn, value) => {
      clearTimeout(timer);
      line.destroy();
      fn(value);
    };
    const timer = setTimeout(() => end(reject, new Error(`no answer to "${words.join(' ')}"`)), ANSWER_MS);
    line.setEncoding('utf8').on('error', (error) => end(reject, error));
    line.on('data', (more) => {
      text += more;
      if (!text.includes('\n')) return;
      const [, ok, said] = /^(ok|error) ?(.*)/.exec(text) ?? [null, 'error', text];
      end(ok === 'ok' ? resolve : reject, ok === 'ok' ? said : new Error(`"${words.join(' ')}": ${said}`));
    });
    line.write(`${words.join(' ')}\n`);
  });
}
