// needs: buffer
// What the HTTP modules have in common: one request through the host, and what goes in and out.
(function (module, exports, require, host) {
  "use strict";
  const { Buffer } = require("buffer");
  const URL_PARTS = /^([a-z][a-z\d+.-]*:)\/\/(?:([^@/?#]*)@)?([^/?#]*?)(?::(\d*))?([/?#].*)?$/i;
  const UNSAFE = /[^\x21-\x7e]|["<>\\^`{|}]/gu; // what may not stand in a path or a query

  // Names are found in any case and keep the one they were given in.
  class Fields {
    constructor(fields) {
      this.byName = new Map();
      this.merge(fields);
    }
    get(name) {
      const field = this.byName.get(name.toLowerCase());
      return field && field[1];
    }
    has(name) {
      return this.byName.has(name.toLowerCase());
    }
    set(name, value) {
      if (value === undefined || value === null) return;
      const text = Array.isArray(value) ? value.join(", ") : String(value);
      if (!/^[!#$%&'*+.^`|~\w-]+$/.test(name) || /[\r\n\0]/.test(text)) {
        throw new TypeError(`Invalid character in header content ["${name}"]`);
      }
      this.byName.set(name.toLowerCase(), [name, text]);
    }
    offer(name, value) {
      if (!this.has(name)) this.set(name, value);
    }
    delete(name) {
      this.byName.delete(name.toLowerCase());
    }
    merge(fields) {
      for (const [name, value] of Object.entries(fields || {})) this.set(name, value);
    }
    plain() {
      return Object.fromEntries(this.byName.values());
    }
  }

  const isBytes = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value);

  function toBuffer(value, encoding) {
    if (Buffer.isBuffer(value)) return value;
    if (ArrayBuffer.isView(value)) {
      return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    return value instanceof ArrayBuffer ? Buffer.from(value) : Buffer.from(String(value), encoding);
  }

  function splitUrl(url) {
    const found = URL_PARTS.exec(String(url).trim());
    if (!found || !/^https?:$/i.test(found[1]) || !found[3]) return null;
    const [, protocol, auth = null, hostname, port = "", given = ""] = found;
    const rest = given.toWellFormed().replace(UNSAFE, encodeURIComponent);
    const [beforeHash, hash = null] = rest.split(/(?=#)/);
    const [path, search = null] = beforeHash.split(/(?=\?)/);
    const authority = port ? `${hostname}:${port}` : hostname;
    const pathname = path || "/";
    return {
      protocol: protocol.toLowerCase(), auth, host: authority, port: port || null, hostname,
      pathname, search, query: search && search.slice(1), hash,
      path: pathname + (search || ""),
      href: `${protocol.toLowerCase()}//${authority}${pathname}${search || ""}`,
    };
  }

  const escaped = (text) => encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const unescaped = (text) => {
    try {
      return decodeURIComponent(text.replace(/\+/g, " "));
    } catch {
      return text;
    }
  };

  // [name, text] of all that is in a nested value; `arrays` tells how a plain list names its items.
  function pairs(value, arrays, prefix = "", found = []) {
    const plain = Array.isArray(value) && !prefix.includes("[")
      && !value.some((item) => item !== null && typeof item === "object");
    for (const [key, item] of Object.entries(value)) {
      let name = prefix ? `${prefix}[${key}]` : key;
      if (plain && arrays === "brackets") name = `${prefix}[]`;
      if (plain && arrays === "repeat") name = prefix;
      if (item === undefined || typeof item === "function") continue;
      if (item instanceof Date) found.push([name, item.toISOString()]);
      else if (isBytes(item)) found.push([name, toBuffer(item).toString()]);
      else if (item !== null && typeof item === "object") pairs(item, arrays, name, found);
      else found.push([name, item === null ? "" : String(item)]);
    }
    return found;
  }

  function encodeForm(value, { arrays = "indices", escape = escaped } = {}) {
    if (typeof value === "string") return value;
    return pairs(value, arrays).map((pair) => pair.map(escape).join("=")).join("&");
  }

  function appendQuery(url, text) {
    if (!text) return url;
    const [bare, ...hash] = url.split(/(?=#)/);
    const separator = !bare.includes("?") ? "?" : /[?&]$/.test(bare) ? "" : "&";
    return bare + separator + text + hash.join("");
  }

  // What the URL asks already gives way to what `query` says under the same name.
  function mergeQuery(url, query, options) {
    const [, bare, old] = /^([^?#]*)(?:\?([^#]*))?/.exec(url);
    const kept = (old || "").split("&")
      .filter((pair) => pair && !Object.hasOwn(query, unescaped(pair.split(/=|\[|%5B/i)[0])));
    return appendQuery(bare, [...kept, encodeForm(query, options)].filter(Boolean).join("&"));
  }

  const basic = (user, password) =>
    `Basic ${Buffer.from(`${user ?? ""}:${password ?? ""}`).toString("base64")}`;

  // Header lines as Node shows them.
  function headerObject(lines) {
    const fields = {};
    for (const [name, value] of lines) {
      if (name === "set-cookie") (fields[name] = fields[name] || []).push(value);
      else fields[name] = Object.hasOwn(fields, name) ? `${fields[name]}, ${value}` : value;
    }
    return fields;
  }

  function text(bytes, encoding = "utf8") {
    const decoded = bytes.toString(encoding);
    return decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded;
  }

  // Resolves to {status, reason, url, headers: [[name, value]], bytes}.
  async function send({ method, url, headers, body, timeout, redirects = 0 }) {
    const parts = splitUrl(url);
    if (!parts) throw Object.assign(new TypeError("Invalid URL"), { code: "ERR_INVALID_URL" });
    const fields = headers instanceof Fields ? headers : new Fields(headers);
    if (parts.auth) {
      const [user, ...password] = parts.auth.split(":");
      fields.offer("authorization", basic(unescaped(user), unescaped(password.join(":"))));
    }
    const bytes = isBytes(body);
    const args = {
      method: method.toUpperCase(),
      url: parts.href,
      headers: fields.plain(),
      body: bytes ? toBuffer(body).toString("base64") : (body ?? null),
      is_base64: bytes,
      redirects,
    };
    if (timeout > 0) args.timeout_ms = Math.ceil(timeout);
    const { body: answer, ...response } = await host.ask("http", args);
    return { ...response, bytes: Buffer.from(answer || "", "base64") };
  }

  Object.assign(exports, {
    Fields, appendQuery, basic, encodeForm, escaped, headerObject, isBytes, mergeQuery, pairs, send,
    splitUrl, text, toBuffer, unescaped,
  });
})
