// The control socket: one command a line, one line of answer, "ok [words]" or "error why".
import { listenAt } from './address.mjs';

const LINE_MAX = 1024;

/** The commands every device has. */
function common(device) {
  const { faults } = device;
  return {
    plug: () => device.plug(),
    unplug: () => device.unplug(),
    faults: () => Object.entries(faults.table).map(([name, what]) => `${name} (${what})`).join('; '),
    fault: ([name, count, after]) => {
      if (name === 'none') {
        faults.clear();
        device.faultsCleared();
        return;
      }
      if ((count !== undefined && !/^[1-9]\d{0,8}$/.test(count)) || (after !== undefined && !/^\d{1,9}$/.test(after))) {
        throw new Error('COUNT is a number from 1, AFTER one from 0');
      }
      faults.set(name, count === undefined ? undefined : Number(count), Number(after ?? 0));
      device.faultSet(name);
    },
    armed: () => [...faults.armed].map(([name, left]) => `${name}:${left}`).join(' '),
    transfers: () => String(device.transfers),
    ping: () => 'pong',
  };
}

async function answer(commands, line) {
  const [name, ...words] = line.split(/\s+/).filter(Boolean);
  if (name === undefined) {
    return 'error no command';
  }
  if (name === 'help') {
    return `ok ${Object.keys(commands).sort().join(' ')}`;
  }
  if (!Object.hasOwn(commands, name)) {
    return `error no command "${name}"`;
  }
  try {
    const said = await commands[name](words);
    return said === undefined || said === '' ? 'ok' : `ok ${said}`;
  } catch (error) {
    return `error ${error.message.replace(/\s+/g, ' ')}`;
  }
}

/** One who drives the test: lines are answered in their order. */
function serve(socket, commands) {
  let text = '';
  let last = Promise.resolve();
  socket.setEncoding('utf8').on('error', () => socket.destroy());
  socket.on('data', (more) => {
    text += more;
    const lines = text.split('\n');
    text = lines.pop();
    if (text.length > LINE_MAX) {
      socket.end('error the line is too long\n');
      return;
    }
    for (const line of lines) {
      last = last.then(() => answer(commands, line)).then((said) => socket.writable && socket.write(`${said}\n`));
    }
  });
}

/** Listens for commands to `device`; gives {server, address}. */
export function listenControl(at, device) {
  const commands = { ...common(device), ...device.commands };
  return listenAt(at, (socket) => serve(socket, commands));
}
