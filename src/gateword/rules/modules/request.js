// needs: request-core
(function (module, exports, require) {
  "use strict";
  const { Request, facade } = require("request-core");

  module.exports = facade((options) => new Request(options));
  module.exports.Request = Request;
})
