// The service that identifies citizens by their telephones, as the demo and the tests have it: oidc-provider (OAuth 2.0 device authorization
// grant, OpenID Connect) on loopback, with made-up people in place of a bank's. No part of a real installation.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import Provider from 'oidc-provider';
import { confirmPage, enterPage, peoplePage, sadPage, successPage } from './login-pages.mjs';

const CLIENT = 'luukku-kiosk';
const NAME = { fi: 'Mallipankki (kokeilu)', sv: 'Modellbanken (prov)', en: 'Model Bank (trial)' };
/** Claims as the Finnish trust network names them: the personal identity code. */
const PERSON_ID = 'urn:oid:1.2.246.21';
export const PEOPLE = [
  { sub: 'aino', given_name: 'Aino Maria', family_name: 'Korhonen', [PERSON_ID]: '131052-308T' },
  { sub: 'eino', given_name: 'Eino', family_name: 'Mäkinen', [PERSON_ID]: '010347-917M' },
  { sub: 'maija', given_name: 'Maija', family_name: 'Ääkkönen', [PERSON_ID]: '240785-924K' },
];

/** How long a code is good for, seconds. */
const LASTS_S = 300;

const grantType = 'urn:ietf:params:oauth:grant-type:device_code';

function signingKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: randomBytes(8).toString('hex') };
}

export class LoginService {
  /** Seconds that the next code is good for. */
  lasts = LASTS_S;
  /** Answers every question for a token with the last one it gave, whomever it was for. */
  replays = false;
  #last = null;

  /** Listens on a free port of 127.0.0.1 with a server's certificate (PEM files) that `ca` issued. */
  static async start({ cert, key, ca }) {
    const service = new LoginService();
    service.ca = ca;
    service.server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (q, a) => service.#serve(q, a));
    await new Promise((resolve, reject) => {
      service.server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    service.url = `https://127.0.0.1:${service.server.address().port}`;
    service.key = signingKey();
    service.provider = service.#provider();
    service.callback = service.provider.callback();
    return service;
  }

  /** In the store of a fleet (luukku-pki), with the broker's certificate. */
  static inFleet(store) {
    const server = (name) => join(store, 'broker', `server.${name}`);
    return LoginService.start({ cert: server('crt'), key: server('key'), ca: join(store, 'fleet/ca.crt') });
  }

  /** `phone` of a kiosk's configuration (firmware/store/README.md). */
  get phone() {
    return { device: `${this.url}/device/auth`, token: `${this.url}/token`, client: CLIENT, ca: this.ca };
  }

  /** One of the issuers in identity.json. */
  get issuer() {
    const { kty, crv, x, y, use, alg, kid } = this.key;
    return { issuer: this.url, client: CLIENT, name: NAME, keys: { keys: [{ kty, crv, x, y, use, alg, kid }] } };
  }

  /** The last ID token that it gave. */
  get token() {
    return this.#last.id_token;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #provider() {
    const provider = new Provider(this.url, {
      clients: [{
        client_id: CLIENT, client_name: 'Luukku', token_endpoint_auth_method: 'none', grant_types: [grantType], response_types: [], redirect_uris: [],
        id_token_signed_response_alg: 'ES256',
      }],
      jwks: { keys: [this.key] },
      cookies: { keys: [randomBytes(16).toString('hex')] },
      claims: { openid: ['sub'], profile: ['given_name', 'family_name', PERSON_ID] },
      conformIdTokenClaims: false, // who it is stands in the ID token itself
      ttl: { DeviceCode: () => this.lasts, IdToken: 600, AccessToken: 60, Grant: 600, Interaction: 600, Session: 600 },
      findAccount: (ctx, sub, token) => {
        // It keeps the nonce that a device login began with, and puts into the ID token what it finds here.
        if (token?.kind === 'DeviceCode') token.nonce = token.params.nonce;
        return { accountId: sub, claims: () => PEOPLE.find((p) => p.sub === sub) };
      },
      // Nobody is asked for more than the code: what is told to whom the kiosk has said.
      loadExistingGrant: async (ctx) => {
        const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
        grant.addOIDCScope('openid profile');
        await grant.save();
        return grant;
      },
      interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
      features: {
        devInteractions: { enabled: false },
        deviceFlow: {
          enabled: true, charset: 'base-20', mask: '****-****',
          userCodeInputSource: (ctx, form, out, error) => { ctx.body = enterPage(form, error); },
          userCodeConfirmSource: (ctx, form, client, info, code) => { ctx.body = confirmPage(form, code); },
          successSource: (ctx) => { ctx.body = successPage(); },
        },
      },
      renderError: (ctx) => { ctx.body = sadPage(); },
    });
    provider.on('grant.success', (ctx) => { this.#last = ctx.body; });
    return provider;
  }

  #serve(request, response) {
    const { pathname } = new URL(request.url, this.url);
    if (this.replays && this.#last !== null && pathname === '/token') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(this.#last));
    } else if (pathname.startsWith('/interaction/')) {
      this.#interaction(request, response).catch(() => response.writeHead(400, { 'content-type': 'text/html; charset=utf-8' }).end(sadPage()));
    } else {
      this.callback(request, response);
    }
  }

  /** Who it is: one of the made-up people, or nobody. */
  async #interaction(request, response) {
    await this.provider.interactionDetails(request, response);
    if (request.method !== 'POST') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(peoplePage(PEOPLE));
      return;
    }
    let text = '';
    for await (const part of request) {
      text += part;
      if (text.length > 1000) throw new Error('too long');
    }
    const who = new URLSearchParams(text).get('person');
    const known = PEOPLE.some((p) => p.sub === who);
    const result = known ? { login: { accountId: who, remember: false } } : { error: 'access_denied', error_description: 'given up' };
    await this.provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }
}
