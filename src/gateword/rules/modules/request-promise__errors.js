(function (module, exports) {
  "use strict";

  class RequestError extends Error {
    constructor(cause, options, response) {
      super(String(cause));
      Object.assign(this, { name: "RequestError", cause, error: cause, options, response });
    }
  }
  class StatusCodeError extends Error {
    constructor(statusCode, body, options, response) {
      super(`${statusCode} - ${JSON.stringify(body)}`);
      Object.assign(this, { name: "StatusCodeError", statusCode, error: body, options, response });
    }
  }
  class TransformError extends Error {
    constructor(cause, options, response) {
      super(String(cause));
      Object.assign(this, { name: "TransformError", cause, error: cause, options, response });
    }
  }

  Object.assign(exports, { RequestError, StatusCodeError, TransformError });
})
