// @node-oauth/oauth2-server over Node's own HTTP server; tokens in the memory of each process.
import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import OAuth2Server from '@node-oauth/oauth2-server';
import bcrypt from 'bcrypt';
import { serve, wanted } from './cluster.mjs';

const key = createPrivateKey(wanted.key_pem);
const head = encoded({ alg: 'RS256', typ: 'JWT', kid: 'bench' });
const clients = new Map(wanted.clients.map((client) => [client.id, client]));
const users = new Map(wanted.users.map((name) => [name, { name, hash: wanted.hash }]));
const refreshTokens = new Map();

function encoded(object) {
  return Buffer.from(JSON.stringify(object)).toString('base64url');
}

function jwt(client, user, scope) {
  const now = Math.floor(Date.now() / 1000);
  const body = encoded({
    iss: `http://127.0.0.1:${wanted.port}/`,
    sub: user.name,
    aud: wanted.audience,
    azp: client.id,
    scope: scope.join(' '),
    iat: now,
    exp: now + wanted.lifetime_s,
    jti: randomUUID(),
  });
  const signature = sign('sha256', Buffer.from(`${head}.${body}`), key);
  return `${head}.${body}.${signature.toString('base64url')}`;
}

const model = {
  async getClient(id, secret) {
    const client = clients.get(id);
    return client && (secret === null || client.secret === secret) ? client : null;
  },
  async getUser(name, password) {
    const user = users.get(name);
    return user && (await bcrypt.compare(password, user.hash)) ? user : null;
  },
  async getUserFromClient(client) {
    return { name: `${client.id}@clients` };
  },
  async validateScope(user, client, scope) {
    return scope ?? ['read:things'];
  },
  async generateAccessToken(client, user, scope) {
    return jwt(client, user, scope);
  },
  async saveToken(token, client, user) {
    const saved = { ...token, client, user };
    if (token.refreshToken) refreshTokens.set(token.refreshToken, saved);
    return saved;
  },
  async getRefreshToken(token) {
    return refreshTokens.get(token);
  },
  async revokeToken(token) {
    return refreshTokens.delete(token.refreshToken);
  },
};

function handler() {
  const server = new OAuth2Server({ model, accessTokenLifetime: wanted.lifetime_s });
  return (request, answer) => {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', async () => {
      const body = Object.fromEntries(new URLSearchParams(Buffer.concat(pieces).toString()));
      const { headers, method } = request;
      const response = new OAuth2Server.Response({ headers: {} });
      try {
        await server.token(new OAuth2Server.Request({ headers, method, query: {}, body }), response);
      } catch (refused) {
        response.status = refused.code ?? 500;
        response.body = { error: refused.name };
      }
      const text = JSON.stringify(response.body);
      answer.writeHead(response.status, {
        ...response.headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      });
      answer.end(text);
    });
  };
}

serve(handler);
