// The hook of the client-credentials exchange: a function of client, scope, audience, context and
// callback. Its errors have names of their own, which are answered as they are.
(function (engine) {
  "use strict";
  const CODES = { InvalidScopeError: "invalid_scope", InvalidRequestError: "invalid_request", ServerError: "server_error" };
  for (const name of Object.keys(CODES)) {
    engine.define(name, class extends Error {
      constructor(message) {
        super(message);
        this.name = name;
      }
    });
  }
  return function begin([{ id, script }], { client, scope, audience, context }, own) {
    engine.at(id);
    function callback(error, accessToken) {
      if (!error) return engine.finish({ accessToken: accessToken === undefined ? null : accessToken });
      const code = CODES[error.name];
      if (code) return engine.finish({ denied: { code, message: String(error.message) } });
      engine.fail(error);
    }
    try {
      const module = { exports: {} };
      script.call(module.exports, module.exports, require, module);
      if (typeof module.exports !== "function") throw new Error("The hook does not export a function");
      const given = { ...context, webtask: { secrets: (own[id] || {}).secrets || {} } };
      const promise = module.exports(client, scope, audience, given, callback);
      if (promise && typeof promise.then === "function") promise.then(undefined, (error) => engine.fail(error, true));
    } catch (error) {
      engine.fail(error, true);
    }
  };
});
