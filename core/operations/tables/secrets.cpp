#include "operations/tables/tables.h"

namespace ordinaut::operations {

std::vector<Operation> secrets_table() {
    return {
        {.id = "secrets.put",
         .method = Method::kPut,
         .path = "/secrets/{name}",
         .scope = "tasks:write",
         .effect = Effect::kWrite,
         .tag = "secrets",
         .summary = "Set a secret",
         .description = "Write-only and encrypted; pipelines read it as ${secrets.NAME}.",
         .input = "SecretPut",
         .output = "SecretInfo",
         .example = R"({"name":"WEATHER_KEY","value":"k-123"})",
         .cli = "secret set",
         .handler = put_secret},
        {.id = "secrets.list",
         .method = Method::kGet,
         .path = "/secrets",
         .scope = "tasks:read",
         .tag = "secrets",
         .summary = "List secrets by name",
         .input = "Nothing",
         .output = "SecretList",
         .cli = "secret list",
         .handler = list_secrets},
        {.id = "secrets.delete",
         .method = Method::kDelete,
         .path = "/secrets/{name}",
         .scope = "tasks:write",
         .effect = Effect::kDestructive,
         .tag = "secrets",
         .summary = "Delete a secret",
         .input = "SecretRef",
         .success = 204,
         .example = R"({"name":"WEATHER_KEY"})",
         .cli = "secret delete",
         .handler = delete_secret},
    };
}

}  // namespace ordinaut::operations
