// needs: auth0-calls, auth0-operations
// ManagementClient and AuthenticationClient under the names of node-auth0 2, 3 and 4.
(function (module, exports, require) {
  "use strict";
  const { APIError, ArgumentError, caller, shown } = require("auth0-calls");
  const { GROUPS, METHODS } = require("auth0-operations");
  const EARLY_S = 60;

  const hostOf = (domain) => {
    if (!domain || typeof domain !== "string") throw new ArgumentError("Must provide a domain");
    return domain.replace(/^https?:\/\//, "").replace(/\/+$/, "");
  };

  // A token of the client's own, asked for again shortly before it ends.
  function ownToken(host, { clientId, clientSecret, audience, scope }) {
    const call = caller(`https://${host}`);
    let known = null, until = 0;
    return async function () {
      if (known && Date.now() < until) return known;
      const { access_token, expires_in = EARLY_S } = await call("POST /oauth/token", {}, {
        grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret,
        audience: audience || `https://${host}/api/v2/`, scope,
      });
      until = Date.now() + (expires_in - EARLY_S) * 1000;
      return (known = access_token);
    };
  }

  function splitArguments(given) {
    const callback = typeof given.at(-1) === "function" ? given.pop() : undefined;
    return { callback, values: given };
  }

  class ManagementClient {
    constructor(options) {
      if (!options || typeof options !== "object") {
        throw new ArgumentError("Management API SDK options must be an object");
      }
      const { token, clientId, clientSecret, headers } = options;
      const host = hostOf(options.domain);
      if (!token && !(clientId && clientSecret)) {
        throw new ArgumentError("Must provide a token, or a clientId and a clientSecret");
      }
      const fresh = token ? () => (typeof token === "function" ? token() : token)
        : ownToken(host, options);
      const call = caller(`https://${host}/api/v2`, fresh, headers);
      for (const [name, operation] of Object.entries(METHODS)) {
        this[name] = (...given) => {
          const { callback, values } = splitArguments(given);
          return shown(operation(call, ...values), callback);
        };
      }
      for (const [group, names] of Object.entries(GROUPS)) {
        this[group] = {};
        for (const [name, method] of Object.entries(names)) {
          this[group][name] = (...given) => {
            const { callback, values } = splitArguments(given);
            return shown(METHODS[method](call, ...values), callback, true);
          };
        }
      }
    }
  }

  class AuthenticationClient {
    constructor(options) {
      if (!options || typeof options !== "object") {
        throw new ArgumentError("Authentication Client SDK options must be an object");
      }
      const { clientId: client_id, clientSecret: client_secret } = options;
      const call = caller(`https://${hostOf(options.domain)}`);
      const granting = (grant) => (...given) => {
        const { callback, values: [data] } = splitArguments(given);
        const grant_type = data && data.realm && grant === "password"
          ? "http://auth0.com/oauth/grant-type/password-realm" : grant;
        const body = { client_id, client_secret, grant_type, ...data };
        return shown(call("POST /oauth/token", {}, body), callback, true);
      };
      const clientCredentialsGrant = granting("client_credentials");
      const passwordGrant = granting("password");
      const refreshTokenGrant = granting("refresh_token");
      const profile = (...given) => {
        const { callback, values: [token] } = splitArguments(given);
        const headers = { authorization: `Bearer ${token}` };
        return shown(call("GET /userinfo", {}, undefined, headers), callback, true);
      };
      Object.assign(this, {
        clientCredentialsGrant, passwordGrant, getProfile: profile,
        refreshToken: refreshTokenGrant,
        oauth: { clientCredentialsGrant, passwordGrant, refreshTokenGrant },
        users: { getInfo: profile },
      });
    }
  }

  class UserInfoClient {
    constructor(options) {
      const call = caller(`https://${hostOf((options || {}).domain)}`);
      this.getUserInfo = (token) => {
        const headers = { authorization: `Bearer ${token}` };
        return shown(call("GET /userinfo", {}, undefined, headers), undefined, true);
      };
    }
  }

  Object.assign(exports, {
    AuthenticationClient, ManagementClient, UserInfoClient, APIError, ArgumentError,
    ManagementApiError: APIError, ResponseError: APIError,
  });
})
