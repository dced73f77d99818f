// needs: crypto
(function (module, exports, require) {
  "use strict";
  const { pbkdf2, pbkdf2Sync } = require("crypto");

  Object.assign(exports, { pbkdf2, pbkdf2Sync });
})
