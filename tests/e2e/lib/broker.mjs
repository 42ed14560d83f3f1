// A broker that goes and comes back. `servers` is a Named; `run` the directory it was started in.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Processes, listens, serviceUser } from '../../../tools/broker/processes.mjs';

/** Children that can be had by name. */
export class Named extends Processes {
  children = {};

  async start(name, ...rest) {
    this.children[name] = await super.start(name, ...rest);
    return this.children[name];
  }
}

/** The broker is gone at once, with every connection. */
export async function killBroker(servers) {
  const { mosquitto } = servers.children;
  mosquitto.stopping = true;
  mosquitto.signalGroup('SIGKILL');
  await mosquitto.ended;
}

/** It is back where it was; `mqtts` is where it listens here. */
export async function reviveBroker(servers, run, mqtts) {
  const dir = join(run, 'mosquitto');
  const socket = join(dir, 'mqtt.sock');
  const ready = async () => (await listens(mqtts)) && listens({ path: socket });
  rmSync(socket, { force: true });
  await servers.start('mosquitto', ['mosquitto', '-c', join(dir, 'mosquitto.conf')], ready, { user: serviceUser('mosquitto') });
}
