// needs: auth0, jsonwebtoken
(function (module, exports, require) {
  "use strict";
  const { ManagementClient } = require("auth0");
  const jwt = require("jsonwebtoken");
  const noRedirectProtocols = [
    "oauth2-resource-owner", "oauth2-refresh-token", "oauth2-password", "redirect-callback",
  ];

  class Auth0RedirectRuleUtilities {
    constructor(user, context, configuration) {
      this.user = user || {};
      this.context = context || {};
      this.noRedirectProtocols = noRedirectProtocols;
      const { SESSION_TOKEN_SECRET, SESSION_TOKEN_EXPIRES_IN } = configuration || {};
      this.tokenSecret = SESSION_TOKEN_SECRET;
      this.tokenExpiresIn = SESSION_TOKEN_EXPIRES_IN || "3d";
    }
    get queryParams() {
      return (this.context.request || {}).query || {};
    }
    get redirectUrl() {
      return (this.context.redirect || {}).url;
    }
    get isRedirectCallback() {
      return this.context.protocol === "redirect-callback";
    }
    get protocolCanRedirect() {
      return !this.noRedirectProtocols.includes(this.context.protocol);
    }
    get canRedirect() {
      const taken = this.redirectUrl || this.context.multifactor;
      return !taken && this.queryParams.prompt !== "none" && this.protocolCanRedirect;
    }
    get issuer() {
      return `https://${this.context.request.hostname}/`;
    }
    createSessionToken(additionalClaims = {}) {
      const own = { ip: this.context.request.ip, iss: this.issuer, sub: this.user.user_id };
      const options = { expiresIn: this.tokenExpiresIn };
      return jwt.sign({ ...own, ...additionalClaims }, this.tokenSecret, options);
    }
    // Both spellings of the parameter have been in use.
    validateSessionToken(verifyOptions = {}) {
      const { session_token, sessionToken = session_token } = this.queryParams;
      const own = { subject: this.user.user_id, issuer: this.issuer };
      const payload = jwt.verify(sessionToken, this.tokenSecret, { ...verifyOptions, ...own });
      if (!payload.exp) throw new Error("Expired token");
      return payload;
    }
    // `given` is a token, or {sessionToken, generateSessionToken} as later versions had it.
    doRedirect(url, given) {
      if (!this.canRedirect || !url) throw new Error("Cannot redirect");
      const options = typeof given === "string" ? { sessionToken: given } : given || {};
      const { generateSessionToken = given === undefined } = options;
      const { sessionToken = generateSessionToken ? this.createSessionToken() : "" } = options;
      const separator = url.includes("?") ? "&" : "?";
      const query = sessionToken ? `${separator}session_token=${sessionToken}` : "";
      this.context.redirect = { url: url + query };
    }
  }

  class Auth0UserUpdateUtilities {
    constructor(user, auth0, namespace) {
      this.user = user;
      this.userId = user.user_id;
      this.updatedUserData = {};
      this.isNamespaced = Boolean(namespace) && typeof namespace === "string";
      this.apiClient = new ManagementClient({ domain: auth0.domain, token: auth0.accessToken });
      for (const kind of ["user_metadata", "app_metadata"]) {
        user[kind] = user[kind] || {};
        if (this.isNamespaced) user[kind][namespace] = user[kind][namespace] || {};
      }
      if (this.isNamespaced) this.namespace = namespace;
    }
    // Where a key is kept: the namespace itself can be read and replaced as a whole.
    place(kind, key) {
      const all = this.user[kind];
      return this.isNamespaced && key !== this.namespace ? all[this.namespace] : all;
    }
    setUser(key, value) {
      this.user[key] = this.updatedUserData[key] = value;
    }
    getUserMeta(key) {
      return this.place("user_metadata", key)[key];
    }
    setUserMeta(key, value) {
      this.place("user_metadata", key)[key] = value;
    }
    getAppMeta(key) {
      return this.place("app_metadata", key)[key];
    }
    setAppMeta(key, value) {
      this.place("app_metadata", key)[key] = value;
    }
    async updateUser() {
      await this.apiClient.updateUser({ id: this.userId }, this.updatedUserData);
    }
    async updateUserMeta() {
      await this.apiClient.updateUserMetadata({ id: this.userId }, this.user.user_metadata);
    }
    async updateAppMeta() {
      await this.apiClient.updateAppMetadata({ id: this.userId }, this.user.app_metadata);
    }
  }
  // The names of version 0.1.
  const { prototype } = Auth0UserUpdateUtilities;
  prototype.updateUserMetadata = prototype.updateUserMeta;
  prototype.updateAppMetadata = prototype.updateAppMeta;

  Object.assign(exports, {
    Auth0RedirectRuleUtilities, Auth0UserUpdateUtilities, noRedirectProtocols,
  });
})
