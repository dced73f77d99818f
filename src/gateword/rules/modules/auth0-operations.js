// The operations of the Management API that rules use, by the names of node-auth0.
(function (module, exports) {
  "use strict";
  const PLAIN = {
    getUsers: "GET /users",
    createUser: "POST /users",
    updateUser: "PATCH /users/{id}",
    deleteUser: "DELETE /users/{id}",
    deleteUserMultifactor: "DELETE /users/{id}/multifactor/{provider}",
    unlinkUsers: "DELETE /users/{id}/identities/{provider}/{user_id}",
    getUserRoles: "GET /users/{id}/roles",
    assignRolestoUser: "POST /users/{id}/roles",
    removeRolesFromUser: "DELETE /users/{id}/roles",
    getUserPermissions: "GET /users/{id}/permissions",
    assignPermissionsToUser: "POST /users/{id}/permissions",
    removePermissionsFromUser: "DELETE /users/{id}/permissions",
    getUserOrganizations: "GET /users/{id}/organizations",
    getUserLogs: "GET /users/{id}/logs",
    getGuardianEnrollments: "GET /users/{id}/enrollments",
    regenerateRecoveryCode: "POST /users/{id}/recovery-code-regeneration",
    invalidateRememberBrowser:
      "POST /users/{id}/multifactor/actions/invalidate-remember-browser",
    getUserBlocks: "GET /user-blocks/{id}",
    unblockUser: "DELETE /user-blocks/{id}",
    getUserBlocksByIdentifier: "GET /user-blocks",
    unblockUserByIdentifier: "DELETE /user-blocks",
    getRoles: "GET /roles",
    getRole: "GET /roles/{id}",
    createRole: "POST /roles",
    updateRole: "PATCH /roles/{id}",
    deleteRole: "DELETE /roles/{id}",
    getPermissionsInRole: "GET /roles/{id}/permissions",
    addPermissionsInRole: "POST /roles/{id}/permissions",
    removePermissionsFromRole: "DELETE /roles/{id}/permissions",
    getUsersInRole: "GET /roles/{id}/users",
    assignUsersToRole: "POST /roles/{id}/users",
    getClients: "GET /clients",
    getClient: "GET /clients/{client_id}",
    createClient: "POST /clients",
    updateClient: "PATCH /clients/{client_id}",
    deleteClient: "DELETE /clients/{client_id}",
    getConnections: "GET /connections",
    getConnection: "GET /connections/{id}",
    createConnection: "POST /connections",
    updateConnection: "PATCH /connections/{id}",
    deleteConnection: "DELETE /connections/{id}",
    getResourceServers: "GET /resource-servers",
    getResourceServer: "GET /resource-servers/{id}",
    createResourceServer: "POST /resource-servers",
    updateResourceServer: "PATCH /resource-servers/{id}",
    deleteResourceServer: "DELETE /resource-servers/{id}",
    getClientGrants: "GET /client-grants",
    createClientGrant: "POST /client-grants",
    deleteClientGrant: "DELETE /client-grants/{id}",
    getOrganizations: "GET /organizations",
    getOrganization: "GET /organizations/{id}",
    getOrganizationMembers: "GET /organizations/{id}/members",
    addOrganizationMembers: "POST /organizations/{id}/members",
    getOrganizationMemberRoles: "GET /organizations/{id}/members/{user_id}/roles",
    addOrganizationMemberRoles: "POST /organizations/{id}/members/{user_id}/roles",
    getLogs: "GET /logs",
    getLog: "GET /logs/{id}",
    createPasswordChangeTicket: "POST /tickets/password-change",
    createEmailVerificationTicket: "POST /tickets/email-verification",
    sendEmailVerification: "POST /jobs/verification-email",
    getJob: "GET /jobs/{id}",
    getTenantSettings: "GET /tenants/settings",
    updateTenantSettings: "PATCH /tenants/settings",
  };

  // Operations that take parameters and something to send; a POST to a bare path takes only that.
  const SENDS = /^(POST|PATCH)|^DELETE .*\/(roles|permissions)$/;
  function method(operation) {
    const fills = operation.includes("{");
    if (!SENDS.test(operation)) return (call, params) => call(operation, params);
    if (fills) return (call, params, body) => call(operation, params, body);
    return (call, body) => call(operation, {}, body);
  }

  const idOf = (given) => (typeof given === "string" ? { id: given } : given);
  const METHODS = {
    ...Object.fromEntries(Object.entries(PLAIN).map(([name, one]) => [name, method(one)])),
    // Without an id this has always been the list.
    getUser: (call, params = {}) => call(params.id ? "GET /users/{id}" : "GET /users", params),
    getUsersByEmail: (call, given) =>
      call("GET /users-by-email", typeof given === "string" ? { email: given } : given),
    linkUsers: (call, id, body) => call("POST /users/{id}/identities", idOf(id), body),
    updateUserMetadata: (call, params, user_metadata) =>
      call("PATCH /users/{id}", params, { user_metadata }),
    updateAppMetadata: (call, params, app_metadata) =>
      call("PATCH /users/{id}", params, { app_metadata }),
  };

  const GROUPS = {
    users: {
      get: "getUser", getAll: "getUsers", getByEmail: "getUsersByEmail", create: "createUser",
      update: "updateUser", delete: "deleteUser", updateUserMetadata: "updateUserMetadata",
      updateAppMetadata: "updateAppMetadata", link: "linkUsers", unlink: "unlinkUsers",
      getRoles: "getUserRoles", assignRoles: "assignRolestoUser",
      removeRoles: "removeRolesFromUser", deleteRoles: "removeRolesFromUser",
      getPermissions: "getUserPermissions", assignPermissions: "assignPermissionsToUser",
      removePermissions: "removePermissionsFromUser",
      deletePermissions: "removePermissionsFromUser", logs: "getUserLogs", getLogs: "getUserLogs",
      getUserOrganizations: "getUserOrganizations", getEnrollments: "getGuardianEnrollments",
      getGuardianEnrollments: "getGuardianEnrollments",
      regenerateRecoveryCode: "regenerateRecoveryCode",
      deleteMultifactorProvider: "deleteUserMultifactor",
    },
    usersByEmail: { getByEmail: "getUsersByEmail" },
    roles: {
      get: "getRole", getAll: "getRoles", create: "createRole", update: "updateRole",
      delete: "deleteRole", getPermissions: "getPermissionsInRole", getUsers: "getUsersInRole",
      addPermissions: "addPermissionsInRole", deletePermissions: "removePermissionsFromRole",
      assignUsers: "assignUsersToRole",
    },
    clients: {
      get: "getClient", getAll: "getClients", create: "createClient", update: "updateClient",
      delete: "deleteClient",
    },
    connections: {
      get: "getConnection", getAll: "getConnections", create: "createConnection",
      update: "updateConnection", delete: "deleteConnection",
    },
    resourceServers: {
      get: "getResourceServer", getAll: "getResourceServers", create: "createResourceServer",
      update: "updateResourceServer", delete: "deleteResourceServer",
    },
    clientGrants: {
      getAll: "getClientGrants", create: "createClientGrant", delete: "deleteClientGrant",
    },
    organizations: {
      get: "getOrganization", getByID: "getOrganization", getAll: "getOrganizations",
      getMembers: "getOrganizationMembers", addMembers: "addOrganizationMembers",
      getMemberRoles: "getOrganizationMemberRoles", addMemberRoles: "addOrganizationMemberRoles",
    },
    userBlocks: {
      get: "getUserBlocks", getAll: "getUserBlocksByIdentifier", delete: "unblockUser",
    },
    logs: { get: "getLog", getAll: "getLogs" },
    jobs: { get: "getJob", verifyEmail: "sendEmailVerification" },
    tickets: {
      changePassword: "createPasswordChangeTicket", verifyEmail: "createEmailVerificationTicket",
    },
    tenants: { getSettings: "getTenantSettings", updateSettings: "updateTenantSettings" },
  };

  Object.assign(exports, { GROUPS, METHODS });
})
