// Whose keys and whose credentials a server process works with.
#pragma once
#include <optional>
#include <string>

#include "auth/authenticator.h"
#include "auth/first_admin.h"
#include "auth/secret_box.h"
#include "cli/cli.h"
#include "store/system_store.h"

namespace ordinaut::server {

// The key that signs access tokens: the operator's, or one that the database keeps for all
// processes.
Result<auth::TokenSigner> make_signer(const cli::ServerConfig& config, store::SystemStore& system,
                                      const Clock& clock);

// The key that seals pipeline secrets is never in the database: the operator's, or a file in the
// data directory.
Result<auth::SecretBox> make_secret_box(const cli::ServerConfig& config);

// Whoever runs the server has an admin. `up` keeps credentials.json in the data directory: what it
// holds when that still works, else a fresh secret. `serve` makes the first admin and shows it
// once; then `credentials` stays empty. The id is empty when nobody is called "admin".
Result<Id> operator_agent(const cli::ServerConfig& config, bool owns_data_dir,
                          store::AgentStore& agents, auth::Authenticator& authenticator,
                          std::optional<auth::Credentials>& credentials);

// What the command line on this machine logs in with, in credentials.json of the data directory;
// readable by its owner alone.
Status write_credentials(const std::string& data_dir, const auth::Credentials& credentials,
                         const std::string& url);

}  // namespace ordinaut::server
