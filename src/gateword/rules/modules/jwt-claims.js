// needs: jwt-errors
// The claims that options of jsonwebtoken write, and those that they check.
(function (module, exports, require) {
  "use strict";
  const { JsonWebTokenError, NotBeforeError, TokenExpiredError } = require("jwt-errors");
  const NAMES = { audience: "aud", issuer: "iss", subject: "sub", jwtid: "jti" };
  const SPAN = /^(-?(?:\d+)?\.?\d+) *([a-z]+)?$/i;
  const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
  const UNITS = [
    [/^(ms|msecs?|milliseconds?)?$/, 1], [/^(s|secs?|seconds?)$/, SECOND],
    [/^(m|mins?|minutes?)$/, MINUTE], [/^(h|hrs?|hours?)$/, HOUR], [/^(d|days?)$/, DAY],
    [/^(w|weeks?)$/, 7 * DAY], [/^(y|yrs?|years?)$/, 365.25 * DAY],
  ];

  const isPlain = (value) => value !== null && typeof value === "object"
    && !ArrayBuffer.isView(value) && !Array.isArray(value);
  const isSpan = (value) => Number.isInteger(value) || (typeof value === "string" && value !== "");

  // When a span has passed: seconds as a number, or text such as "2 days" (bare: milliseconds).
  function after(from, span) {
    if (typeof span === "number") return from + span;
    const [, amount, unit = ""] = SPAN.exec(span) || [];
    const known = UNITS.find(([name]) => name.test(unit.toLowerCase()));
    if (amount === undefined || !known) return undefined;
    return Math.floor(from + (Number(amount) * known[1]) / SECOND);
  }

  const OPTIONS = {
    expiresIn: [isSpan, "should be a number of seconds or string representing a timespan"],
    notBefore: [isSpan, "should be a number of seconds or string representing a timespan"],
    audience: [(value) => typeof value === "string" || Array.isArray(value),
      "must be a string or array"],
    issuer: [(value) => typeof value === "string", "must be a string"],
    subject: [(value) => typeof value === "string", "must be a string"],
    jwtid: [(value) => typeof value === "string", "must be a string"],
    keyid: [(value) => typeof value === "string", "must be a string"],
    header: [isPlain, "must be an object"],
    noTimestamp: [(value) => typeof value === "boolean", "must be a boolean"],
    expiresInMinutes: [Number.isFinite, "must be a number"],
    expiresInSeconds: [Number.isFinite, "must be a number"],
  };
  const ONLY_FOR_CLAIMS = ["expiresIn", "notBefore", "noTimestamp", "audience", "issuer", "subject",
    "jwtid", "expiresInMinutes", "expiresInSeconds"];

  function checkOptions(options, payload) {
    for (const [name, value] of Object.entries(options)) {
      if (Object.hasOwn(OPTIONS, name)) {
        const [holds, message] = OPTIONS[name];
        if (value === undefined || !holds(value)) throw new Error(`"${name}" ${message}`);
      }
      if (!isPlain(payload) && ONLY_FOR_CLAIMS.includes(name)) {
        throw new Error(`invalid ${name} option for ${typeof payload} payload`);
      }
    }
  }

  const taken = (option, name) => new Error(
    `Bad "options.${option}" option. The payload already has an "${name}" property.`,
  );
  const noSpan = (option, Kind = Error) => new Kind(
    `"${option}" should be a number of seconds or string representing a timespan `
    + 'eg: "1d", "20h", 60',
  );

  function claimsOf(payload, options) {
    const plain = isPlain(payload);
    checkOptions(options, payload);
    if (!plain) {
      if (typeof payload === "string" || ArrayBuffer.isView(payload)) return payload;
      throw new Error('Expected "payload" to be a plain object.');
    }
    for (const name of ["iat", "exp", "nbf"]) {
      if (payload[name] !== undefined && !Number.isFinite(payload[name])) {
        throw new Error(`"${name}" should be a number of seconds`);
      }
    }
    const claims = options.mutatePayload ? payload : { ...payload };
    const iat = claims.iat || Math.floor(Date.now() / SECOND);
    if (options.noTimestamp) delete claims.iat;
    else claims.iat = iat;
    // The spelling of versions before 5.
    const { expiresInMinutes: minutes, expiresInSeconds: seconds } = options;
    const old = minutes === undefined ? seconds : minutes * 60;
    const { expiresIn = old, notBefore } = options;
    const spans = [["nbf", "notBefore", notBefore], ["exp", "expiresIn", expiresIn]];
    for (const [name, option, span] of spans) {
      if (span === undefined) continue;
      if (payload[name] !== undefined) throw taken(option, name);
      claims[name] = after(iat, span);
      if (claims[name] === undefined) throw noSpan(option);
    }
    for (const [option, name] of Object.entries(NAMES)) {
      if (options[option] === undefined) continue;
      if (payload[name] !== undefined) throw taken(option, name);
      claims[name] = options[option];
    }
    return claims;
  }

  const fits = (expected, value) =>
    (expected instanceof RegExp ? expected.test(value) : expected === value);

  function check(payload, options) {
    const now = options.clockTimestamp || Math.floor(Date.now() / SECOND);
    const tolerance = options.clockTolerance || 0;
    const claims = isPlain(payload) ? payload : {};
    if (claims.nbf !== undefined && !options.ignoreNotBefore) {
      if (typeof claims.nbf !== "number") throw new JsonWebTokenError("invalid nbf value");
      if (claims.nbf > now + tolerance) {
        throw new NotBeforeError("jwt not active", new Date(claims.nbf * SECOND));
      }
    }
    if (claims.exp !== undefined && !options.ignoreExpiration) {
      if (typeof claims.exp !== "number") throw new JsonWebTokenError("invalid exp value");
      if (now >= claims.exp + tolerance) {
        throw new TokenExpiredError("jwt expired", new Date(claims.exp * SECOND));
      }
    }
    if (options.audience) {
      const expected = [].concat(options.audience);
      const named = [].concat(claims.aud);
      if (!named.some((one) => expected.some((each) => fits(each, one)))) {
        throw new JsonWebTokenError(`jwt audience invalid. expected: ${expected.join(" or ")}`);
      }
    }
    if (options.issuer && ![].concat(options.issuer).includes(claims.iss)) {
      throw new JsonWebTokenError(`jwt issuer invalid. expected: ${options.issuer}`);
    }
    for (const [option, name, label] of [["subject", "sub", "subject"], ["jwtid", "jti", "jwtid"],
      ["nonce", "nonce", "nonce"]]) {
      if (options[option] && claims[name] !== options[option]) {
        throw new JsonWebTokenError(`jwt ${label} invalid. expected: ${options[option]}`);
      }
    }
    if (options.maxAge) {
      if (typeof claims.iat !== "number") {
        throw new JsonWebTokenError("iat required when maxAge is specified");
      }
      const end = after(claims.iat, options.maxAge);
      if (end === undefined) throw noSpan("maxAge", JsonWebTokenError);
      if (now >= end + tolerance) {
        throw new TokenExpiredError("maxAge exceeded", new Date(end * SECOND));
      }
    }
  }

  Object.assign(exports, { check, claimsOf, isPlain });
})
