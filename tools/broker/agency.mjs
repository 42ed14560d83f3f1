// An agency's address for letters, beside a demo's or a test's servers.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listen } from '../agency/agency.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** An address of Kela's, for letters; what came is below its `dir`. It ends with this program. */
export async function startAgency(dir, store, processes) {
  const postKey = join(dir, 'kela-post.key');
  const server = (name) => join(store, 'broker', `server.${name}`);
  await processes.run('pki', [join(ROOT, 'tools/pki/luukku-pki'), 'post', store, 'kela', '--key-out', postKey]);
  const options = { dir: join(dir, 'agency'), cert: server('crt'), key: server('key'), postCert: join(store, 'agencies/kela/post.crt'), postKey };
  const { port } = (await listen(options)).address();
  return { id: 'kela', dir: options.dir, url: `https://127.0.0.1:${port}`, cert: options.postCert, ca: join(store, 'fleet/ca.crt') };
}
