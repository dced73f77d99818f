(function (module, exports) {
  "use strict";

  class JsonWebTokenError extends Error {
    constructor(message, error) {
      super(message);
      this.name = "JsonWebTokenError";
      if (error) this.inner = error;
    }
  }
  class NotBeforeError extends JsonWebTokenError {
    constructor(message, date) {
      super(message);
      this.name = "NotBeforeError";
      this.date = date;
    }
  }
  class TokenExpiredError extends JsonWebTokenError {
    constructor(message, expiredAt) {
      super(message);
      this.name = "TokenExpiredError";
      this.expiredAt = expiredAt;
    }
  }

  Object.assign(exports, { JsonWebTokenError, NotBeforeError, TokenExpiredError });
})
