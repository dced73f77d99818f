// needs: callbacks, http-client
// One call of the Management or Authentication API, and how its answer is shown.
(function (module, exports, require) {
  "use strict";
  const { answer } = require("callbacks");
  const http = require("http-client");

  class ArgumentError extends Error {
    constructor(message) {
      super(message);
      this.name = "ArgumentError";
    }
  }
  class APIError extends Error {
    constructor(method, url, status, headers, body) {
      const { message, error_description, error, errorCode } = body || {};
      super(message || error_description || error || `The API answered ${status}`);
      Object.assign(this, {
        name: "APIError", statusCode: status, error, errorCode, body, headers,
        requestInfo: { method: method.toLowerCase(), url },
      });
    }
  }

  function parsed(text) {
    if (text === "") return undefined;
    try {
      return JSON.parse(text);
    } catch {
      return { message: text };
    }
  }

  // The rest of `params`, after those in the path, is the query.
  function addressOf(path, params) {
    const rest = { ...params };
    const filled = path.replace(/\{(\w+)\}/g, (_, name) => {
      const value = rest[name];
      delete rest[name];
      if (typeof value !== "string" || value === "") {
        throw new ArgumentError(`The ${name} passed in params cannot be null or undefined`);
      }
      return encodeURIComponent(value);
    });
    return http.appendQuery(filled, http.encodeForm(rest, { arrays: "repeat" }));
  }

  const beside = new WeakMap(); // what an answer says beside its data

  // Returns call("GET /users/{id}", params, body), which resolves to what the answer says.
  function caller(base, token, headers) {
    return async function (operation, params, body, more) {
      const [method, path] = operation.split(" ");
      const url = base + addressOf(path, params);
      const fields = new http.Fields({ accept: "application/json", ...headers, ...more });
      if (token) fields.set("authorization", `Bearer ${await token()}`);
      if (body !== undefined) fields.set("content-type", "application/json");
      const asked = { method, url, headers: fields };
      if (body !== undefined) asked.body = JSON.stringify(body);
      const { status, reason, headers: lines, bytes } = await http.send(asked);
      const data = parsed(http.text(bytes));
      const answered = http.headerObject(lines);
      if (status < 200 || status > 299) throw new APIError(method, url, status, answered, data);
      if (data !== null && typeof data === "object") {
        beside.set(data, { status, statusText: reason, headers: answered });
      }
      return data;
    };
  }
  // Versions 2 and 3 resolve to the data, version 4 to {data, headers, status}. Data that carries
  // those as hidden properties serves scripts of both.
  async function enveloped(promise) {
    const data = await promise;
    if (data === null || typeof data !== "object") return { data };
    const hidden = { data, ...beside.get(data) };
    for (const [name, value] of Object.entries(hidden)) {
      if (!(name in data)) Object.defineProperty(data, name, { value, configurable: true });
    }
    return data;
  }
  function shown(promise, callback, envelope = false) {
    return answer(envelope && !callback ? enveloped(promise) : promise, callback);
  }

  Object.assign(exports, { APIError, ArgumentError, caller, shown });
})
