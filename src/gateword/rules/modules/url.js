// needs: node-url, web-url
// Node's `url`: the old functions of the npm module of that name, and the classes beside them.
(function (module, exports, require) {
  "use strict";
  const { URL, URLSearchParams } = require("web-url");
  const old = require("node-url");

  module.exports = {
    ...old,
    URL,
    URLSearchParams,
    // An address of the new kind may be given to the old function too.
    format: (address) => (address instanceof URL ? address.href : old.format(address)),
  };
});
