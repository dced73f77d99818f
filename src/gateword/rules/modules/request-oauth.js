// needs: buffer, crypto, http-client, oauth-sign
// The Authorization header of OAuth 1.0 (RFC 5849) for `request`.
(function (module, exports, require, host) {
  "use strict";
  const { Buffer } = require("buffer");
  const http = require("http-client");
  const signer = require("oauth-sign");

  function parsed(text, found) {
    for (const pair of (text || "").split("&")) {
      if (!pair) continue;
      const [name, ...value] = pair.split("=");
      const key = http.unescaped(name);
      const one = http.unescaped(value.join("="));
      found[key] = Object.hasOwn(found, key) ? [].concat(found[key], one) : one;
    }
  }

  exports.authorization = function (given, method, url, form) {
    const oauth = {
      oauth_version: "1.0",
      oauth_timestamp: String(Math.floor(Date.now() / 1000)),
      oauth_nonce: Buffer.from(host.random(16)).toString("hex"),
      oauth_signature_method: "HMAC-SHA1",
    };
    const { consumer_secret, token_secret, private_key, realm, ...named } = given;
    for (const [name, value] of Object.entries(named)) {
      if (["transport_method", "body_hash"].includes(name)) continue;
      oauth[name.startsWith("oauth_") ? name : `oauth_${name}`] = value;
    }
    const { protocol, host: authority, pathname, query } = http.splitUrl(url);
    const params = { ...oauth };
    parsed(query, params);
    parsed(form, params);
    oauth.oauth_signature = signer.sign(
      oauth.oauth_signature_method, method, `${protocol}//${authority}${pathname}`, params,
      consumer_secret || private_key, token_secret,
    );
    const fields = Object.keys(oauth).sort()
      .map((name) => `${name}="${signer.rfc3986(oauth[name])}"`);
    if (realm) fields.unshift(`realm="${realm}"`);
    return `OAuth ${fields.join(",")}`;
  };
})
