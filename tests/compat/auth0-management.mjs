// npm `auth0` from version 7 on: the Management API alone, with its own client_credentials grant.
import { createManagementAuth } from "auth0-management";

import { answer } from "./answer.mjs";

await answer((ask) => createManagementAuth(ask).getToken());
