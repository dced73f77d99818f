"""The tenant against which Auth0's own SDKs run: a shop, two realms, an API, two people."""

from typing import Final

AUDIENCE: Final = "https://orders.example/"
OTHER_AUDIENCE: Final = "https://stock.example/"
CLIENT_ID: Final = "Shop0000000000000000000000000000"
CLIENT_SECRET: Final = "shop-secret-for-tests-only-0123456789abcdefghijk"
PASSWORD: Final = "Correct horse battery staple"

CONFIG: Final = f"""
tenant:
  default_directory: Customers

resourceServers:
  - name: Orders
    identifier: {AUDIENCE}
    allow_offline_access: true
    scopes:
      - value: read:orders
        description: See orders
      - value: write:orders
        description: Change orders
  - name: Stock
    identifier: {OTHER_AUDIENCE}
    scopes:
      - value: read:orders
        description: A scope of the same name at another API

clients:
  - name: Shop
    client_id: {CLIENT_ID}
    client_secret: {CLIENT_SECRET}
    app_type: regular_web
    token_endpoint_auth_method: client_secret_post
    grant_types:
      - password
      - http://auth0.com/oauth/grant-type/password-realm
      - refresh_token
      - client_credentials

databases:
  - name: Customers
    strategy: auth0
    enabled_clients: [Shop]
  - name: Employees
    strategy: auth0
    enabled_clients: [Shop]

clientGrants:
  - client_id: Shop
    audience: {AUDIENCE}
    scope: [read:orders]

x-gateword-users:
  - connection: Customers
    email: ann@example.com
    email_verified: true
    password: {PASSWORD}
  - connection: Employees
    email: eve@example.com
    password: {PASSWORD}
"""
