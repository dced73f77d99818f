CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, 
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

-- Running upgrade  -> 0001

CREATE TABLE tenants (
    "key" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
    name TEXT NOT NULL, 
    domain TEXT NOT NULL, 
    document TEXT NOT NULL, 
    CONSTRAINT tenants_by_name UNIQUE (name), 
    CONSTRAINT tenants_by_domain UNIQUE (domain)
);

CREATE TABLE counters (
    tenant BIGINT NOT NULL, 
    name TEXT NOT NULL, 
    value BIGINT NOT NULL, 
    CONSTRAINT counters_key PRIMARY KEY (tenant, name), 
    CONSTRAINT counters_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE
);

CREATE TABLE signing_keys (
    tenant BIGINT NOT NULL, 
    kid TEXT NOT NULL, 
    state TEXT NOT NULL, 
    private_key BLOB NOT NULL, 
    certificate TEXT NOT NULL, 
    created_at BIGINT NOT NULL, 
    revoked_at BIGINT, 
    CONSTRAINT signing_keys_key PRIMARY KEY (tenant, kid), 
    CONSTRAINT signing_keys_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE
);

CREATE TABLE clients (
    tenant BIGINT NOT NULL, 
    client_id TEXT NOT NULL, 
    document TEXT NOT NULL, 
    secret BLOB, 
    created_at BIGINT NOT NULL, 
    updated_at BIGINT NOT NULL, 
    CONSTRAINT clients_key PRIMARY KEY (tenant, client_id), 
    CONSTRAINT clients_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE
);

CREATE TABLE client_assertions (
    tenant BIGINT NOT NULL, 
    client_id TEXT NOT NULL, 
    jti_hash BLOB NOT NULL, 
    expires_at BIGINT NOT NULL, 
    CONSTRAINT client_assertions_key PRIMARY KEY (tenant, client_id, jti_hash), 
    CONSTRAINT client_assertions_tenant_client_id_owner FOREIGN KEY(tenant, client_id) REFERENCES clients (tenant, client_id) ON DELETE CASCADE
);

CREATE INDEX client_assertions_by_end ON client_assertions (tenant, expires_at);

CREATE TABLE connections (
    "key" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
    tenant BIGINT NOT NULL, 
    name TEXT NOT NULL, 
    document TEXT NOT NULL, 
    created_at BIGINT NOT NULL, 
    updated_at BIGINT NOT NULL, 
    CONSTRAINT connections_by_tenant_name UNIQUE (tenant, name), 
    CONSTRAINT connections_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE
);

CREATE TABLE connection_realms (
    tenant BIGINT NOT NULL, 
    realm TEXT NOT NULL, 
    connection_key BIGINT NOT NULL, 
    CONSTRAINT connection_realms_key PRIMARY KEY (tenant, realm), 
    CONSTRAINT connection_realms_connection_key_owner FOREIGN KEY(connection_key) REFERENCES connections ("key") ON DELETE CASCADE
);

CREATE INDEX realms_of_connection ON connection_realms (connection_key);

CREATE TABLE resource_servers (
    tenant BIGINT NOT NULL, 
    identifier TEXT NOT NULL, 
    document TEXT NOT NULL, 
    signing_secret BLOB, 
    created_at BIGINT NOT NULL, 
    updated_at BIGINT NOT NULL, 
    CONSTRAINT resource_servers_key PRIMARY KEY (tenant, identifier), 
    CONSTRAINT resource_servers_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE
);

CREATE TABLE client_grants (
    tenant BIGINT NOT NULL, 
    client_id TEXT NOT NULL, 
    audience TEXT NOT NULL, 
    subject_type TEXT NOT NULL, 
    document TEXT NOT NULL, 
    created_at BIGINT NOT NULL, 
    updated_at BIGINT NOT NULL, 
    CONSTRAINT client_grants_key PRIMARY KEY (tenant, client_id, audience, subject_type), 
    CONSTRAINT client_grants_tenant_client_id_owner FOREIGN KEY(tenant, client_id) REFERENCES clients (tenant, client_id) ON DELETE CASCADE, 
    CONSTRAINT client_grants_tenant_audience_owner FOREIGN KEY(tenant, audience) REFERENCES resource_servers (tenant, identifier) ON DELETE CASCADE
);

CREATE INDEX client_grants_by_api ON client_grants (tenant, audience);

CREATE TABLE users (
    "key" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
    tenant BIGINT NOT NULL, 
    user_id TEXT NOT NULL, 
    email TEXT, 
    email_verified SMALLINT NOT NULL, 
    username TEXT, 
    phone_number TEXT, 
    phone_verified SMALLINT NOT NULL, 
    blocked SMALLINT NOT NULL, 
    profile TEXT NOT NULL, 
    user_metadata TEXT NOT NULL, 
    app_metadata TEXT NOT NULL, 
    created_at BIGINT NOT NULL, 
    updated_at BIGINT NOT NULL, 
    last_login BIGINT, 
    last_ip TEXT, 
    logins_count BIGINT NOT NULL, 
    last_password_reset BIGINT, 
    CONSTRAINT users_by_tenant_user_id UNIQUE (tenant, user_id), 
    CONSTRAINT users_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE
);

CREATE TABLE identities (
    "key" INTEGER NOT NULL, 
    tenant BIGINT NOT NULL, 
    user_key BIGINT NOT NULL, 
    connection_key BIGINT NOT NULL, 
    position BIGINT NOT NULL, 
    provider TEXT NOT NULL, 
    local_id TEXT NOT NULL, 
    email TEXT, 
    username TEXT, 
    phone TEXT, 
    password_hash TEXT, 
    profile TEXT NOT NULL, 
    CONSTRAINT identities_key PRIMARY KEY ("key"), 
    CONSTRAINT identities_by_tenant_provider_local_id UNIQUE (tenant, provider, local_id), 
    CONSTRAINT identities_by_user_key_position UNIQUE (user_key, position), 
    CONSTRAINT identities_by_connection_key_email UNIQUE (connection_key, email), 
    CONSTRAINT identities_by_connection_key_username UNIQUE (connection_key, username), 
    CONSTRAINT identities_by_connection_key_phone UNIQUE (connection_key, phone), 
    CONSTRAINT identities_user_key_owner FOREIGN KEY(user_key) REFERENCES users ("key") ON DELETE CASCADE, 
    CONSTRAINT identities_connection_key_owner FOREIGN KEY(connection_key) REFERENCES connections ("key") ON DELETE CASCADE
);

CREATE TABLE roles (
    tenant BIGINT NOT NULL, 
    id TEXT NOT NULL, 
    name TEXT NOT NULL, 
    description TEXT, 
    CONSTRAINT roles_key PRIMARY KEY (tenant, id), 
    CONSTRAINT roles_by_tenant_name UNIQUE (tenant, name), 
    CONSTRAINT roles_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE
);

CREATE TABLE role_permissions (
    tenant BIGINT NOT NULL, 
    role_id TEXT NOT NULL, 
    audience TEXT NOT NULL, 
    permission TEXT NOT NULL, 
    CONSTRAINT role_permissions_key PRIMARY KEY (tenant, role_id, audience, permission), 
    CONSTRAINT role_permissions_tenant_role_id_owner FOREIGN KEY(tenant, role_id) REFERENCES roles (tenant, id) ON DELETE CASCADE
);

CREATE TABLE user_roles (
    tenant BIGINT NOT NULL, 
    user_key BIGINT NOT NULL, 
    role_id TEXT NOT NULL, 
    CONSTRAINT user_roles_key PRIMARY KEY (user_key, role_id), 
    CONSTRAINT user_roles_tenant_role_id_owner FOREIGN KEY(tenant, role_id) REFERENCES roles (tenant, id) ON DELETE CASCADE, 
    CONSTRAINT user_roles_user_key_owner FOREIGN KEY(user_key) REFERENCES users ("key") ON DELETE CASCADE
);

CREATE INDEX users_of_role ON user_roles (tenant, role_id);

CREATE TABLE user_permissions (
    tenant BIGINT NOT NULL, 
    user_key BIGINT NOT NULL, 
    audience TEXT NOT NULL, 
    permission TEXT NOT NULL, 
    CONSTRAINT user_permissions_key PRIMARY KEY (user_key, audience, permission), 
    CONSTRAINT user_permissions_user_key_owner FOREIGN KEY(user_key) REFERENCES users ("key") ON DELETE CASCADE
);

CREATE TABLE refresh_families (
    "key" INTEGER NOT NULL, 
    tenant BIGINT NOT NULL, 
    user_key BIGINT NOT NULL, 
    user_id TEXT NOT NULL, 
    client_id TEXT NOT NULL, 
    connection TEXT NOT NULL, 
    audience TEXT, 
    scopes TEXT NOT NULL, 
    gty TEXT NOT NULL, 
    auth_time BIGINT NOT NULL, 
    created_at BIGINT NOT NULL, 
    expires_at BIGINT, 
    latest_counter BIGINT NOT NULL, 
    revoked_at BIGINT, 
    CONSTRAINT refresh_families_key PRIMARY KEY ("key"), 
    CONSTRAINT refresh_families_tenant_client_id_owner FOREIGN KEY(tenant, client_id) REFERENCES clients (tenant, client_id) ON DELETE CASCADE
);

CREATE INDEX families_of_client ON refresh_families (tenant, client_id);

CREATE INDEX families_of_user ON refresh_families (user_key, client_id, revoked_at, "key");

CREATE TABLE refresh_tokens (
    "key" INTEGER NOT NULL, 
    tenant BIGINT NOT NULL, 
    family_key BIGINT NOT NULL, 
    hash BLOB NOT NULL, 
    counter BIGINT NOT NULL, 
    rotating SMALLINT NOT NULL, 
    idle_expires_at BIGINT, 
    used_at BIGINT, 
    CONSTRAINT refresh_tokens_key PRIMARY KEY ("key"), 
    CONSTRAINT refresh_tokens_by_hash UNIQUE (hash), 
    CONSTRAINT refresh_tokens_family_key_owner FOREIGN KEY(family_key) REFERENCES refresh_families ("key") ON DELETE CASCADE
);

CREATE INDEX tokens_of_family ON refresh_tokens (family_key);

CREATE TABLE access_tokens (
    "key" INTEGER NOT NULL, 
    tenant BIGINT NOT NULL, 
    family_key BIGINT, 
    user_key BIGINT, 
    hash BLOB NOT NULL, 
    opaque SMALLINT NOT NULL, 
    user_id TEXT NOT NULL, 
    client_id TEXT NOT NULL, 
    scopes TEXT NOT NULL, 
    issued_at BIGINT NOT NULL, 
    expires_at BIGINT NOT NULL, 
    CONSTRAINT access_tokens_key PRIMARY KEY ("key"), 
    CONSTRAINT access_tokens_by_hash UNIQUE (hash), 
    CONSTRAINT access_tokens_family_key_owner FOREIGN KEY(family_key) REFERENCES refresh_families ("key") ON DELETE CASCADE
);

CREATE INDEX access_of_family ON access_tokens (family_key);

CREATE INDEX access_of_user ON access_tokens (user_key);

CREATE INDEX access_by_end ON access_tokens (tenant, expires_at);

CREATE TABLE logs (
    tenant BIGINT NOT NULL, 
    position BIGINT NOT NULL, 
    log_id TEXT NOT NULL, 
    code TEXT NOT NULL, 
    at BIGINT NOT NULL, 
    client_id TEXT NOT NULL, 
    user_id TEXT NOT NULL, 
    document TEXT NOT NULL, 
    CONSTRAINT logs_key PRIMARY KEY (tenant, position), 
    CONSTRAINT logs_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE
);

CREATE INDEX logs_by_code ON logs (tenant, code, position);

CREATE INDEX logs_by_client ON logs (tenant, client_id, position);

CREATE INDEX logs_by_user ON logs (tenant, user_id, position);

INSERT INTO alembic_version (version_num) VALUES ('0001') RETURNING version_num;

-- Running upgrade 0001 -> 0002

CREATE TABLE documents (
    tenant BIGINT NOT NULL, 
    kind TEXT NOT NULL, 
    id TEXT NOT NULL, 
    name TEXT, 
    position BIGINT, 
    document TEXT NOT NULL, 
    secret BLOB, 
    created_at BIGINT NOT NULL, 
    updated_at BIGINT NOT NULL, 
    CONSTRAINT documents_key PRIMARY KEY (tenant, kind, id), 
    CONSTRAINT documents_by_tenant_kind_name UNIQUE (tenant, kind, name), 
    CONSTRAINT documents_by_tenant_kind_position UNIQUE (tenant, kind, position), 
    CONSTRAINT documents_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE
);

CREATE TABLE jobs (
    "key" INTEGER NOT NULL, 
    tenant BIGINT NOT NULL, 
    id TEXT NOT NULL, 
    type TEXT NOT NULL, 
    status TEXT NOT NULL, 
    document TEXT NOT NULL, 
    done BIGINT NOT NULL, 
    input BLOB, 
    output BLOB, 
    claimed_until BIGINT, 
    created_at BIGINT NOT NULL, 
    ended_at BIGINT, 
    CONSTRAINT jobs_key PRIMARY KEY ("key"), 
    CONSTRAINT jobs_by_tenant_id UNIQUE (tenant, id), 
    CONSTRAINT jobs_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE
);

CREATE INDEX jobs_by_status ON jobs (tenant, status, "key");

CREATE TABLE job_errors (
    "key" INTEGER NOT NULL, 
    tenant BIGINT NOT NULL, 
    job_key BIGINT NOT NULL, 
    document TEXT NOT NULL, 
    CONSTRAINT job_errors_key PRIMARY KEY ("key"), 
    CONSTRAINT job_errors_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE, 
    CONSTRAINT job_errors_job_key_owner FOREIGN KEY(job_key) REFERENCES jobs ("key") ON DELETE CASCADE
);

CREATE INDEX errors_of_job ON job_errors (job_key, "key");

CREATE TABLE tickets (
    "key" INTEGER NOT NULL, 
    tenant BIGINT NOT NULL, 
    hash BLOB NOT NULL, 
    purpose TEXT NOT NULL, 
    user_key BIGINT NOT NULL, 
    document TEXT NOT NULL, 
    created_at BIGINT NOT NULL, 
    expires_at BIGINT NOT NULL, 
    used_at BIGINT, 
    CONSTRAINT tickets_key PRIMARY KEY ("key"), 
    CONSTRAINT tickets_by_hash UNIQUE (hash), 
    CONSTRAINT tickets_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE, 
    CONSTRAINT tickets_user_key_owner FOREIGN KEY(user_key) REFERENCES users ("key") ON DELETE CASCADE
);

CREATE INDEX tickets_of_user ON tickets (user_key, purpose);

CREATE INDEX tickets_by_end ON tickets (tenant, expires_at);

CREATE TABLE outbox (
    "key" INTEGER NOT NULL, 
    tenant BIGINT NOT NULL, 
    letter BLOB NOT NULL, 
    tries BIGINT NOT NULL, 
    due_at BIGINT NOT NULL, 
    created_at BIGINT NOT NULL, 
    CONSTRAINT outbox_key PRIMARY KEY ("key"), 
    CONSTRAINT outbox_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE
);

CREATE INDEX outbox_by_due ON outbox (tenant, due_at);

CREATE TABLE cursors (
    tenant BIGINT NOT NULL, 
    name TEXT NOT NULL, 
    document TEXT NOT NULL, 
    claimed_until BIGINT, 
    CONSTRAINT cursors_key PRIMARY KEY (tenant, name), 
    CONSTRAINT cursors_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE
);

CREATE TABLE password_history (
    "key" INTEGER NOT NULL, 
    tenant BIGINT NOT NULL, 
    identity_key BIGINT NOT NULL, 
    hash TEXT NOT NULL, 
    at BIGINT NOT NULL, 
    CONSTRAINT password_history_key PRIMARY KEY ("key"), 
    CONSTRAINT password_history_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE, 
    CONSTRAINT password_history_identity_key_owner FOREIGN KEY(identity_key) REFERENCES identities ("key") ON DELETE CASCADE
);

CREATE INDEX history_of_identity ON password_history (identity_key, "key");

CREATE TABLE imported_factors (
    tenant BIGINT NOT NULL, 
    user_key BIGINT NOT NULL, 
    sealed BLOB NOT NULL, 
    CONSTRAINT imported_factors_key PRIMARY KEY (user_key), 
    CONSTRAINT imported_factors_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE, 
    CONSTRAINT imported_factors_user_key_owner FOREIGN KEY(user_key) REFERENCES users ("key") ON DELETE CASCADE
);

ALTER TABLE signing_keys ADD COLUMN current_since BIGINT;

ALTER TABLE signing_keys ADD COLUMN current_until BIGINT;

CREATE INDEX users_by_email ON users (tenant, email);

CREATE INDEX users_by_creation ON users (tenant, created_at);

CREATE INDEX users_by_login ON users (tenant, last_login);

CREATE INDEX logs_by_time ON logs (tenant, at);

UPDATE alembic_version SET version_num='0002' WHERE alembic_version.version_num = '0001';

-- Running upgrade 0002 -> 0003

CREATE TABLE failures (
    tenant BIGINT NOT NULL, 
    connection_key BIGINT NOT NULL, 
    subject TEXT NOT NULL, 
    place TEXT NOT NULL, 
    user_key BIGINT, 
    count BIGINT NOT NULL, 
    last_at BIGINT NOT NULL, 
    mailed_at BIGINT, 
    CONSTRAINT failures_key PRIMARY KEY (tenant, connection_key, subject, place), 
    CONSTRAINT failures_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE
);

CREATE INDEX failures_of_place ON failures (tenant, place);

CREATE INDEX failures_of_user ON failures (tenant, user_key);

CREATE INDEX failures_by_end ON failures (tenant, last_at);

CREATE TABLE leases (
    tenant BIGINT NOT NULL, 
    id TEXT NOT NULL, 
    connection_key BIGINT NOT NULL, 
    subject TEXT NOT NULL, 
    place TEXT NOT NULL, 
    user_key BIGINT, 
    expires_at BIGINT NOT NULL, 
    CONSTRAINT leases_key PRIMARY KEY (tenant, id), 
    CONSTRAINT leases_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE
);

CREATE INDEX leases_of_subject ON leases (tenant, connection_key, subject);

CREATE INDEX leases_of_place ON leases (tenant, place);

CREATE TABLE buckets (
    tenant BIGINT NOT NULL, 
    name TEXT NOT NULL, 
    full_at BIGINT NOT NULL, 
    told BIGINT NOT NULL, 
    CONSTRAINT buckets_key PRIMARY KEY (tenant, name), 
    CONSTRAINT buckets_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE
);

CREATE INDEX buckets_by_end ON buckets (tenant, full_at);

CREATE TABLE tallies (
    tenant BIGINT NOT NULL, 
    slot BIGINT NOT NULL, 
    logins BIGINT NOT NULL, 
    failures BIGINT NOT NULL, 
    strangers BIGINT NOT NULL, 
    CONSTRAINT tallies_key PRIMARY KEY (tenant, slot), 
    CONSTRAINT tallies_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE
);

CREATE TABLE known_places (
    tenant BIGINT NOT NULL, 
    user_key BIGINT NOT NULL, 
    place TEXT NOT NULL, 
    seen_at BIGINT NOT NULL, 
    CONSTRAINT known_places_key PRIMARY KEY (tenant, user_key, place), 
    CONSTRAINT known_places_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE
);

CREATE INDEX known_places_by_end ON known_places (tenant, seen_at);

UPDATE alembic_version SET version_num='0003' WHERE alembic_version.version_num = '0002';

-- Running upgrade 0003 -> 0004

CREATE TABLE leases_anew (
    tenant BIGINT NOT NULL, id TEXT NOT NULL, connection_key BIGINT NOT NULL,
    subject TEXT NOT NULL, place TEXT NOT NULL, user_key BIGINT, expires_at BIGINT NOT NULL
, CONSTRAINT leases_key PRIMARY KEY (tenant, connection_key, subject, id)) WITHOUT ROWID;

INSERT INTO leases_anew SELECT * FROM leases;

DROP TABLE leases;

ALTER TABLE leases_anew RENAME TO leases;

CREATE INDEX leases_of_place ON leases (tenant, place);

CREATE TABLE buckets_anew (
    tenant BIGINT NOT NULL, name TEXT NOT NULL, full_at BIGINT NOT NULL, told BIGINT NOT NULL
, CONSTRAINT buckets_key PRIMARY KEY (tenant, name)) WITHOUT ROWID;

INSERT INTO buckets_anew SELECT * FROM buckets;

DROP TABLE buckets;

ALTER TABLE buckets_anew RENAME TO buckets;

CREATE INDEX buckets_by_end ON buckets (tenant, full_at);

UPDATE alembic_version SET version_num='0004' WHERE alembic_version.version_num = '0003';

-- Running upgrade 0004 -> 0005

CREATE TABLE authenticators (
    tenant BIGINT NOT NULL, 
    id TEXT NOT NULL, 
    user_key BIGINT NOT NULL, 
    kind TEXT NOT NULL, 
    name TEXT NOT NULL, 
    target TEXT NOT NULL, 
    seed BLOB, 
    code_hash BLOB, 
    pair TEXT NOT NULL, 
    last_step BIGINT NOT NULL, 
    failures BIGINT NOT NULL, 
    created_at BIGINT NOT NULL, 
    confirmed_at BIGINT, 
    last_used_at BIGINT, 
    expires_at BIGINT, 
    CONSTRAINT authenticators_key PRIMARY KEY (tenant, id), 
    CONSTRAINT authenticators_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE, 
    CONSTRAINT authenticators_user_key_owner FOREIGN KEY(user_key) REFERENCES users ("key") ON DELETE CASCADE
);

CREATE INDEX authenticators_of_user ON authenticators (user_key, created_at);

CREATE INDEX authenticators_by_end ON authenticators (tenant, expires_at);

CREATE TABLE half_logins (
    tenant BIGINT NOT NULL, 
    hash BLOB NOT NULL, 
    user_key BIGINT NOT NULL, 
    sealed BLOB NOT NULL, 
    failures BIGINT NOT NULL, 
    expires_at BIGINT NOT NULL, 
    CONSTRAINT half_logins_key PRIMARY KEY (tenant, hash), 
    CONSTRAINT half_logins_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE, 
    CONSTRAINT half_logins_user_key_owner FOREIGN KEY(user_key) REFERENCES users ("key") ON DELETE CASCADE
);

CREATE INDEX half_logins_of_user ON half_logins (user_key);

CREATE INDEX half_logins_by_end ON half_logins (tenant, expires_at);

CREATE TABLE challenges (
    tenant BIGINT NOT NULL, 
    hash BLOB NOT NULL, 
    user_key BIGINT NOT NULL, 
    authenticator_id TEXT NOT NULL, 
    session BLOB NOT NULL, 
    code TEXT NOT NULL, 
    verdict TEXT NOT NULL, 
    details TEXT NOT NULL, 
    created_at BIGINT NOT NULL, 
    expires_at BIGINT NOT NULL, 
    CONSTRAINT challenges_key PRIMARY KEY (tenant, hash), 
    CONSTRAINT challenges_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE, 
    CONSTRAINT challenges_user_key_owner FOREIGN KEY(user_key) REFERENCES users ("key") ON DELETE CASCADE
);

CREATE INDEX challenges_of_authenticator ON challenges (tenant, authenticator_id);

CREATE INDEX challenges_of_user ON challenges (user_key);

CREATE INDEX challenges_by_end ON challenges (tenant, expires_at);

ALTER TABLE users ADD COLUMN factors TEXT DEFAULT '' NOT NULL;

UPDATE users SET factors = 'imported' WHERE EXISTS (SELECT 1 FROM imported_factors WHERE imported_factors.user_key = users.key);

ALTER TABLE refresh_families ADD COLUMN mfa_at BIGINT;

UPDATE alembic_version SET version_num='0005' WHERE alembic_version.version_num = '0004';

-- Running upgrade 0005 -> 0006

CREATE TABLE known_devices (
    tenant BIGINT NOT NULL, 
    user_key BIGINT NOT NULL, 
    device TEXT NOT NULL, 
    seen_at BIGINT NOT NULL, 
    CONSTRAINT known_devices_key PRIMARY KEY (tenant, user_key, device), 
    CONSTRAINT known_devices_tenant_owner FOREIGN KEY(tenant) REFERENCES tenants ("key") ON DELETE CASCADE
);

CREATE INDEX known_devices_by_end ON known_devices (tenant, seen_at);

UPDATE alembic_version SET version_num='0006' WHERE alembic_version.version_num = '0005';

-- Running upgrade 0006 -> 0007

CREATE INDEX users_of_tenant ON users (tenant, "key");

CREATE INDEX identities_of_connection ON identities (connection_key, user_key);

UPDATE alembic_version SET version_num='0007' WHERE alembic_version.version_num = '0006';

