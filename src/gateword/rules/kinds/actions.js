// Actions: a module that exports a handler of its trigger. Each has a room of its own, so what it
// does to the language, and the secrets it reads, are no other Action's. What it asks for is kept
// as a list of calls, plain data, which the host judges; the limits here only tell it sooner.
(function (engine) {
  "use strict";
  const { parse, stringify } = JSON;
  const MOST_METADATA_BYTES = 32768, MOST_KEY_BYTES = 64, DAY_MS = 86400000, CACHED_MS = 900000;
  const MOST_CACHED = 20, MOST_CACHED_BYTES = 4096, MOST_CACHE_BYTES = 8192;
  const MOST_TOLD_BYTES = 8192, MOST_ALL_TOLD_BYTES = 16384, MOST_ID_CHARS = 128, TOKEN_S = 900;
  const HANDLERS = { "post-login": "onExecutePostLogin", "credentials-exchange": "onExecuteCredentialsExchange" };
  const PROVIDERS = ["any", "none", "guardian", "google-authenticator", "duo"];
  const DENIALS = ["invalid_scope", "invalid_request", "server_error"];

  function bytes(text) {
    let count = 0;
    for (const char of text) {
      const point = char.codePointAt(0);
      count += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    }
    return count;
  }
  function text(value, what) {
    if (typeof value !== "string") throw new TypeError(`${what} must be a string`);
    return value;
  }
  // A copy, so that what happens to the value afterwards changes nothing.
  function plain(value) {
    const written = stringify(value);
    return written === undefined ? undefined : parse(written);
  }
  function milliseconds(value, what) {
    const at = value instanceof Date ? value.getTime() : value;
    if (typeof at !== "number" || !isFinite(at)) throw new TypeError(`${what} must be a time in milliseconds`);
    return at;
  }
  function out(name) {
    throw new Error(`${name} works in onContinuePostLogin only: this flow has no browser that could come back`);
  }
  const absent = (group) => new Proxy({}, {
    get: (_, name) => {
      if (typeof name === "string") return () => { throw new Error(`api.${group}.${name} is not available here`); };
    },
  });

  function cacheOf(there, changes) {
    const records = new Map(Object.entries(there));
    const failed = (code) => ({ type: "error", code });
    const alive = (key) => {
      const record = records.get(key);
      return record !== undefined && record.expires_at > Date.now() ? record : undefined;
    };
    return {
      get(key) {
        const record = alive(key);
        return record && { value: record.value, expires_at: record.expires_at };
      },
      set(key, value, { ttl, expires_at } = {}) {
        if (typeof key !== "string" || typeof value !== "string") return failed("InvalidType");
        if (key === "" || bytes(key) > MOST_KEY_BYTES) return failed("CacheKeySizeExceeded");
        if (bytes(value) > MOST_CACHED_BYTES) return failed("CacheValueSizeExceeded");
        const now = Date.now();
        const until = expires_at !== undefined ? milliseconds(expires_at, "expires_at") : now + (ttl === undefined ? CACHED_MS : milliseconds(ttl, "ttl"));
        let count = 1, size = bytes(key) + bytes(value);
        for (const other of records.keys()) {
          if (other === key || !alive(other)) continue;
          count += 1;
          size += bytes(other) + bytes(records.get(other).value);
        }
        if (count > MOST_CACHED) return failed("ItemLimitExceeded");
        if (size > MOST_CACHE_BYTES) return failed("CacheSizeExceeded");
        const record = { value, expires_at: Math.min(until, now + DAY_MS) };
        records.set(key, record);
        changes.push([key, record.value, record.expires_at]);
        return { type: "success", record };
      },
      delete(key) {
        if (!records.delete(key)) return failed("ItemNotFound");
        changes.push([String(key)]);
        return { type: "success" };
      },
    };
  }

  function tokens(api, call) {
    const claims = (name) => (key, value) => {
      text(key, "The name of a claim");
      const copy = plain(value);
      return copy === undefined ? api : call(`${name}.setCustomClaim`, key, copy);
    };
    return {
      accessToken: {
        setCustomClaim: claims("accessToken"),
        addScope: (scope) => call("accessToken.addScope", text(scope, "A scope")),
        removeScope: (scope) => call("accessToken.removeScope", text(scope, "A scope")),
      },
      idToken: { setCustomClaim: claims("idToken") },
    };
  }

  function factors(call) {
    const asked = (how) => (factor, options) => call(`authentication.${how}`, [factorOf(factor)], plain(options || {}));
    const askedAny = (how) => (any) => {
      if (!Array.isArray(any) || any.length === 0) throw new TypeError("The factors must be an array");
      return call(`authentication.${how}`, any.map(factorOf), {});
    };
    function factorOf(factor) {
      if (!factor || typeof factor.type !== "string") throw new TypeError("A factor has a type");
      return plain(factor);
    }
    return {
      challengeWith: asked("challengeWith"), challengeWithAny: askedAny("challengeWith"),
      enrollWith: asked("enrollWith"), enrollWithAny: askedAny("enrollWith"),
    };
  }

  function metadata(call, name) {
    const asked = {};
    return (key, value) => {
      text(key, "The name of a member");
      const copy = plain(value);
      if (copy === undefined) return call("nothing");
      asked[key] = copy;
      if (bytes(stringify(asked)) > MOST_METADATA_BYTES) throw new RangeError("Metadata is larger than 32 kB");
      return call(`user.${name}`, key, copy);
    };
  }

  function transaction(call, event) {
    const told = { ...event.transaction.metadata };
    return {
      setMetadata(key, value) {
        if (bytes(text(key, "The key")) > MOST_KEY_BYTES) throw new RangeError("The key is longer than 64 bytes");
        if (value === null || value === undefined) {
          delete told[key];
          return call("transaction.setMetadata", key, null);
        }
        if (!["string", "number", "boolean"].includes(typeof value)) throw new TypeError("The value must be a string, a number or a boolean");
        if (bytes(String(value)) > MOST_TOLD_BYTES) throw new RangeError("The value is larger than 8 kB");
        told[key] = value;
        if (bytes(stringify(told)) > MOST_ALL_TOLD_BYTES) throw new RangeError("The metadata is larger than 16 kB");
        return call("transaction.setMetadata", key, value);
      },
    };
  }

  // Of a browser's session or of SAML there is nothing here: whatever is set is heard and has no effect.
  const quiet = (call, group) => new Proxy({}, {
    get: (_, name) => (typeof name === "string" && name !== "then" ? () => call("without effect", `${group}.${name}`) : undefined),
  });

  function postLogin(api, call, event, given) {
    return {
      access: { deny: (reason) => call("access.deny", "access_denied", String(reason === undefined ? "" : reason)) },
      ...tokens(api, call),
      multifactor: {
        enable(provider, options) {
          if (!PROVIDERS.includes(provider)) throw new TypeError(`The provider must be one of ${PROVIDERS.join(", ")}`);
          return call("multifactor.enable", provider, plain(options || {}));
        },
      },
      authentication: {
        ...factors(call),
        recordMethod: () => out("authentication.recordMethod"),
        setPrimaryUser(id) {
          if (text(id, "The id").length > MOST_ID_CHARS) throw new RangeError("The id is longer than 128 characters");
          return call("authentication.setPrimaryUser", id);
        },
      },
      redirect: {
        sendUserTo: (url) => call("redirect.sendUserTo", text(url, "The URL")),
        canRedirect: () => false,
        encodeToken({ secret, payload = {}, expiresInSeconds = TOKEN_S }) {
          const claims = { ...payload, iss: given.domain, sub: event.user.user_id, ip: event.request.ip };
          return engine.load("jsonwebtoken").sign(claims, secret, { algorithm: "HS256", expiresIn: expiresInSeconds });
        },
        validateToken: () => out("redirect.validateToken"),
      },
      user: { setAppMetadata: metadata(call, "setAppMetadata"), setUserMetadata: metadata(call, "setUserMetadata") },
      transaction: transaction(call, event),
      rules: { wasExecuted: (id) => given.rulesRun.includes(id) },
      refreshToken: {
        revoke: (reason) => call("refreshToken.revoke", String(reason === undefined ? "" : reason)),
        setExpiresAt: (at) => call("refreshToken.setExpiresAt", milliseconds(at, "The end")),
        setIdleExpiresAt: (at) => call("refreshToken.setIdleExpiresAt", milliseconds(at, "The end")),
        setMetadata: () => call("without effect", "refreshToken.setMetadata"),
        deleteMetadata: () => call("without effect", "refreshToken.deleteMetadata"),
        evictMetadata: () => call("without effect", "refreshToken.evictMetadata"),
      },
      session: quiet(call, "session"),
      samlResponse: quiet(call, "samlResponse"),
      prompt: { render: (id) => call("prompt.render", String(id)) },
      validation: { error: (code, message) => call("validation.error", String(code), String(message)) },
      roles: absent("roles"),
      groups: absent("groups"),
    };
  }

  function exchange(api, call) {
    return {
      access: {
        deny(code, reason) {
          if (!DENIALS.includes(code)) throw new TypeError(`The code must be one of ${DENIALS.join(", ")}`);
          return call("access.deny", code, String(reason === undefined ? "" : reason));
        },
      },
      accessToken: tokens(api, call).accessToken,
    };
  }

  return function begin([{ id, script }], given, own) {
    const { trigger } = given, event = { ...given.event, secrets: (own[id] || {}).secrets || {} };
    const calls = [], changes = [], api = {};
    const call = (...asked) => {
      calls.push(asked);
      return api;
    };
    const made = trigger === "post-login" ? postLogin(api, call, event, given) : exchange(api, call);
    Object.assign(api, made, { cache: cacheOf(given.cache ? parse(given.cache) : {}, changes) });
    engine.at(id);
    async function handle() {
      const module = { exports: {} };
      script.call(module.exports, module.exports, require, module);
      const handler = module.exports[HANDLERS[trigger]];
      if (typeof handler !== "function") throw new Error(`The Action does not export ${HANDLERS[trigger]}`);
      await handler(event, api);
      engine.finish({ calls, cache: changes });
    }
    handle().catch((error) => engine.fail(error, true));
  };
});
