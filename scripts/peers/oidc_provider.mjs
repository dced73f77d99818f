// oidc-provider with the password grant as a custom one; tokens in the memory of each process.
import { createPrivateKey } from 'node:crypto';
import bcrypt from 'bcrypt';
import Provider, { errors } from 'oidc-provider';
import { serve, wanted } from './cluster.mjs';

const SCOPE = 'read:things';
const users = new Map(wanted.users.map((name) => [name, wanted.hash]));

// Its own adapter for development walks over all tokens of a grant at each refresh; this one
// forgets nothing and walks over nothing.
class Memory {
  static kept = new Map();

  constructor(model) {
    this.model = model;
  }

  async upsert(id, payload) {
    Memory.kept.set(`${this.model}:${id}`, payload);
  }

  async find(id) {
    return Memory.kept.get(`${this.model}:${id}`);
  }

  async consume(id) {
    Memory.kept.get(`${this.model}:${id}`).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    Memory.kept.delete(`${this.model}:${id}`);
  }

  async revokeByGrantId(grantId) {
    for (const [key, payload] of Memory.kept) {
      if (payload.grantId === grantId) Memory.kept.delete(key);
    }
  }
}

const api = {
  scope: SCOPE,
  audience: wanted.audience,
  accessTokenFormat: 'jwt',
  accessTokenTTL: wanted.lifetime_s,
  jwt: { sign: { alg: 'RS256' } },
};

function settings() {
  const jwk = createPrivateKey(wanted.key_pem).export({ format: 'jwk' });
  return {
    adapter: Memory,
    clients: wanted.clients.map((client) => ({
      client_id: client.id,
      client_secret: client.secret,
      grant_types: client.grants,
      token_endpoint_auth_method: 'client_secret_post',
      redirect_uris: [],
      response_types: [],
    })),
    findAccount: (ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => wanted.audience,
        getResourceServerInfo: () => api,
        useGrantedResource: () => true,
      },
    },
    jwks: { keys: [{ ...jwk, alg: 'RS256', use: 'sig', kid: 'bench' }] },
    cookies: { keys: ['of no use here'] },
    rotateRefreshToken: true,
    scopes: ['openid', 'offline_access', SCOPE],
    ttl: {
      AccessToken: wanted.lifetime_s,
      ClientCredentials: wanted.lifetime_s,
      Grant: wanted.lifetime_s,
      RefreshToken: wanted.lifetime_s,
    },
  };
}

async function password(provider, ctx) {
  const { client, params } = ctx.oidc;
  const hash = users.get(params.username);
  if (!hash || !(await bcrypt.compare(params.password, hash))) {
    throw new errors.InvalidGrant('wrong name or password');
  }
  const accountId = params.username;
  const grant = new provider.Grant({ accountId, clientId: client.clientId });
  grant.addOIDCScope('offline_access');
  grant.addResourceScope(wanted.audience, SCOPE);
  const common = { accountId, client, grantId: await grant.save(), gty: 'password' };
  const access = new provider.AccessToken({ ...common, scope: SCOPE });
  access.resourceServer = new provider.ResourceServer(wanted.audience, api);
  const refresh = new provider.RefreshToken({
    ...common,
    resource: wanted.audience,
    scope: `${SCOPE} offline_access`,
  });
  ctx.body = {
    access_token: await access.save(),
    refresh_token: await refresh.save(),
    expires_in: access.expiration,
    token_type: access.tokenType,
  };
}

function handler() {
  const provider = new Provider(`http://127.0.0.1:${wanted.port}`, settings());
  provider.registerGrantType('password', (ctx) => password(provider, ctx), [
    'username',
    'password',
    'scope',
  ]);
  return provider.callback();
}

serve(handler);
