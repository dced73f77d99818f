// needs: callbacks, http-client
(function (module, exports, require) {
  "use strict";
  const { call } = require("callbacks");
  const http = require("http-client");
  const SHORT_CHARS = 25;
  const PLAIN = { username: "Robot", text: "", icon_emoji: ":bell:" };
  const KINDS = {
    alert: { channel: "#alerts", icon_emoji: ":warning:", username: "Alert" },
    bug: { channel: "#bugs", icon_emoji: ":bomb:", username: "Bug" },
    note: { channel: "#alerts", icon_emoji: ":bulb:", username: "Note" },
    success: { channel: "#alerts", icon_emoji: ":trophy:", username: "Hoorah" },
  };

  const asOptions = (given) => (typeof given === "string" ? { text: given } : given || {});

  // Slack draws a table of fields only from attachments.
  function message(given) {
    const { fields, ...data } = { ...PLAIN, ...given };
    if (fields) {
      const table = Object.entries(fields).map(([title, value]) =>
        ({ title, value, short: String(value).length < SHORT_CHARS }));
      const attachment = { fallback: "Alert details", fields: table };
      data.attachments = [...(data.attachments || []), attachment];
    }
    if (given.icon_url && !given.icon_emoji) delete data.icon_emoji;
    return data;
  }

  async function post(url, data) {
    const { bytes } = await http.send({
      method: "POST", url,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: http.encodeForm({ payload: JSON.stringify(data) }),
    });
    const answer = http.text(bytes);
    if (answer !== "ok") throw new Error(answer);
  }

  module.exports = function (url) {
    const slack = (given, done) => slack.send(given, done);
    slack.onError = () => undefined;
    slack.request = function (data, done) {
      const sent = url ? post(url, data) : Promise.reject(new Error("No Slack URL configured."));
      sent.then(
        () => typeof done === "function" && call(done),
        (error) => {
          if (typeof slack.onError === "function") call(slack.onError, error);
          if (typeof done === "function") call(done, error);
        },
      );
      return sent;
    };
    slack.send = (given, done) => slack.request(message(asOptions(given)), done);
    slack.extend = (defaults) => (given, done) =>
      slack.send({ ...defaults, ...asOptions(given) }, done);
    for (const [name, defaults] of Object.entries(KINDS)) slack[name] = slack.extend(defaults);
    return slack;
  };
  module.exports.default = module.exports;
})
