// Makes the global `auth0` of rules from what the server says of the tenant. Many rules have it, so
// it goes to the host itself rather than to wait for the modules that `http-client` needs.
(function (module, exports, require, host) {
  "use strict";

  const textOf = (base64) => decodeURIComponent(escape(atob(base64))); // UTF-8

  function parsed(text) {
    try {
      return JSON.parse(text);
    } catch {
      return { message: text };
    }
  }

  module.exports = function ({ domain, baseUrl, accessToken }) {
    async function patch(id, changes) {
      const { status, body } = await host.ask("http", {
        method: "PATCH",
        url: `${baseUrl}/users/${encodeURIComponent(id)}`,
        headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
        body: JSON.stringify(changes),
        is_base64: false,
        redirects: 0,
      });
      const answer = parsed(textOf(body));
      if (status >= 200 && status < 300) return answer;
      const error = new Error(answer.message || `The Management API answered ${status}`);
      throw Object.assign(error, { name: answer.error || "Error", statusCode: status });
    }
    const users = {
      updateUserMetadata: (id, user_metadata) => patch(id, { user_metadata }),
      updateAppMetadata: (id, app_metadata) => patch(id, { app_metadata }),
    };
    return { domain, baseUrl, accessToken, users };
  };
})
