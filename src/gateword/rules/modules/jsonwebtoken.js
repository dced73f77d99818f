// needs: buffer, callbacks, jwt-algorithms, jwt-claims, jwt-errors
(function (module, exports, require) {
  "use strict";
  const { Buffer } = require("buffer");
  const { answer } = require("callbacks");
  const algorithms = require("jwt-algorithms");
  const { check, claimsOf, isPlain } = require("jwt-claims");
  const { JsonWebTokenError, NotBeforeError, TokenExpiredError } = require("jwt-errors");
  const { ALGORITHMS, algorithmsOf, checkKind, keyOf, signature, verified } = algorithms;
  const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]*$/;

  const toUrl = (bytes) => Buffer.from(bytes).toString("base64")
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const fromUrl = (text) => Buffer.from(text.replace(/-/g, "+").replace(/_/g, "/"), "base64");

  function decode(token, options) {
    if (typeof token !== "string" || !TOKEN.test(token)) return null;
    const [head, body, signed] = token.split(".");
    let header, payload;
    try {
      header = JSON.parse(fromUrl(head).toString());
    } catch {
      return null;
    }
    if (header === null || typeof header !== "object") return null;
    payload = fromUrl(body).toString();
    try {
      const parsed = JSON.parse(payload);
      if (parsed !== null && typeof parsed === "object") payload = parsed;
    } catch {
      if (header.typ === "JWT") return null; // else a payload may be any text
    }
    return options && options.complete ? { header, payload, signature: signed } : payload;
  }

  function signNow(payload, secretOrKey, options) {
    const plain = isPlain(payload);
    const alg = options.algorithm || "HS256";
    if (!ALGORITHMS.includes(alg)) throw new Error('"algorithm" must be a valid string enum value');
    const header = { alg, typ: plain ? "JWT" : undefined, kid: options.keyid, ...options.header };
    if (header.alg !== alg && !ALGORITHMS.includes(header.alg)) {
      throw new Error('"algorithm" must be a valid string enum value');
    }
    if (!secretOrKey && header.alg !== "none") {
      throw new Error("secretOrPrivateKey must have a value");
    }
    if (payload === undefined) throw new Error("payload is required");
    const key = header.alg === "none" ? null : keyOf(secretOrKey, true);
    const claims = claimsOf(payload, options);
    const text = plain ? JSON.stringify(claims) : claims;
    const input = `${toUrl(JSON.stringify(header))}.${toUrl(text)}`;
    return `${input}.${key ? toUrl(signature(header.alg, input, key)) : ""}`;
  }

  function sign(payload, secretOrKey, options, callback) {
    if (typeof options === "function") [options, callback] = [{}, options];
    const given = options || {};
    if (typeof callback !== "function") return signNow(payload, secretOrKey, given);
    return answer(Promise.resolve().then(() => signNow(payload, secretOrKey, given)), callback);
  }

  function allowed(options, key) {
    const given = options.algorithms || options.algorithm;
    return given ? [].concat(given) : algorithmsOf(key);
  }

  // The token's parts, for whom the key is still to be found.
  function opened(token, options) {
    if (options.clockTimestamp && typeof options.clockTimestamp !== "number") {
      throw new JsonWebTokenError("clockTimestamp must be a number");
    }
    if (options.nonce !== undefined
        && (typeof options.nonce !== "string" || options.nonce.trim() === "")) {
      throw new JsonWebTokenError("nonce must be a non-empty string");
    }
    if (!token) throw new JsonWebTokenError("jwt must be provided");
    if (typeof token !== "string") throw new JsonWebTokenError("jwt must be a string");
    if (token.split(".").length !== 3) throw new JsonWebTokenError("jwt malformed");
    const parts = decode(token, { complete: true });
    if (!parts) throw new JsonWebTokenError("invalid token");
    return parts;
  }

  function verifyWith(token, parts, secretOrKey, options) {
    const { header, payload } = parts;
    const signed = parts.signature !== "";
    const unsigned = [].concat(options.algorithms).includes("none");
    if (!signed && secretOrKey) throw new JsonWebTokenError("jwt signature is required");
    if (signed && !secretOrKey) {
      throw new JsonWebTokenError("secret or public key must be provided");
    }
    if (!signed && !unsigned) {
      const message = 'please specify "none" in "algorithms" to verify unsigned tokens';
      throw new JsonWebTokenError(message);
    }
    let key = null;
    if (signed) {
      try {
        key = keyOf(secretOrKey, false);
      } catch {
        throw new JsonWebTokenError("secretOrPublicKey is not valid key material");
      }
    }
    const names = signed ? allowed(options, key).filter((one) => one !== "none") : ["none"];
    if (!names.includes(header.alg)) throw new JsonWebTokenError("invalid algorithm");
    if (signed) {
      try {
        checkKind(header.alg, key, "secretOrPublicKey");
      } catch (error) {
        throw new JsonWebTokenError(error.message);
      }
      const [input] = token.split(/\.(?=[^.]*$)/);
      if (!verified(header.alg, input, key, fromUrl(parts.signature))) {
        throw new JsonWebTokenError("invalid signature");
      }
    }
    check(payload, options);
    return options.complete ? { header, payload, signature: parts.signature } : payload;
  }

  function verify(token, secretOrKey, options, callback) {
    if (typeof options === "function") [options, callback] = [{}, options];
    const given = { ...options };
    const finds = typeof secretOrKey === "function";
    if (typeof callback !== "function") {
      if (finds) {
        throw new JsonWebTokenError("verify must be called asynchronous if secret or public key is "
          + "provided as a callback");
      }
      return verifyWith(token, opened(token, given), secretOrKey, given);
    }
    const found = (parts) => new Promise((resolve, reject) => {
      if (!finds) return resolve(secretOrKey);
      return secretOrKey(parts.header, (error, key) => {
        if (!error) return resolve(key);
        const message = `error in secret or public key callback: ${error.message}`;
        return reject(new JsonWebTokenError(message));
      });
    });
    const outcome = Promise.resolve().then(async () => {
      const parts = opened(token, given);
      return verifyWith(token, parts, await found(parts), given);
    });
    return answer(outcome, callback);
  }

  Object.assign(exports, {
    decode, sign, verify, JsonWebTokenError, NotBeforeError, TokenExpiredError,
  });
  exports.default = exports;
})
