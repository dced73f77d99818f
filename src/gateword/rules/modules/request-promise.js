// needs: request-core, request-promise/errors
(function (module, exports, require) {
  "use strict";
  const { Request, facade } = require("request-core");
  const errors = require("request-promise/errors");
  const { RequestError, StatusCodeError, TransformError } = errors;

  async function outcome(options, error, response, body) {
    if (error) throw new RequestError(error, options, response);
    const good = response.statusCode >= 200 && response.statusCode < 300;
    const whole = options.resolveWithFullResponse === true;
    const fails = options.simple !== false && !good;
    let value = whole ? response : body;
    if (typeof options.transform === "function" && (good || !options.transform2xxOnly)) {
      try {
        value = await options.transform(body, response, whole);
      } catch (cause) {
        throw new TransformError(cause, options, response);
      }
    }
    if (!fails) return value;
    const answer = options.transform && !options.transform2xxOnly ? value : response;
    throw new StatusCodeError(response.statusCode, body, options, answer);
  }

  function start(options) {
    const { callback } = options;
    const { promise, resolve } = Promise.withResolvers();
    const request = new Request({
      ...options,
      callback(error, response, body) {
        resolve(outcome(options, error, response, body));
        if (callback) callback(error, response, body);
      },
    });
    promise.catch(() => undefined);
    for (const name of ["then", "catch", "finally"]) {
      request[name] = (...values) => promise[name](...values);
    }
    request.promise = () => promise;
    request.cancel = () => request.abort();
    return request;
  }

  module.exports = facade(start);
  module.exports.Request = Request;
  module.exports.errors = errors;
})
