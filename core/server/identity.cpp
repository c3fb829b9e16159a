#include "server/identity.h"

#include <sys/stat.h>

#include <cstdio>

#include "base/json.h"
#include "base/log.h"
#include "cli/client.h"
#include "cli/files.h"

namespace ordinaut::server {
namespace {

using cli::ServerConfig;

// The file is written anew, for its owner alone, at every start; until then others could read it.
void warn_of_readers(const std::string& data_dir) {
    struct stat info {};
    const std::string path = data_dir + "/credentials.json";
    if (stat(path.c_str(), &info) == 0 && (info.st_mode & 077) != 0)
        log_warn("credentials.open_to_others",
                 {{"path", path},
                  {"advice",
                   "whoever read the secret can log in: `ordinaut agent credentials` "
                   "gives a new one"}});
}

std::optional<auth::Credentials> read_credentials(const std::string& data_dir) {
    warn_of_readers(data_dir);
    const auto kept = cli::read_credentials(data_dir);
    if (!kept.ok() || !is_id(kept->agent_id)) return std::nullopt;
    return auth::Credentials{kept->agent_id, kept->agent_secret};
}

}  // namespace

Result<auth::TokenSigner> make_signer(const ServerConfig& config, store::SystemStore& system,
                                      const Clock& clock) {
    std::string key = config.jwt_secret_key;
    if (key.empty()) key = TRY(system.setting_or_init("jwt_secret_key", random_token(48)));
    return auth::TokenSigner::create(std::move(key), clock);
}

Result<auth::SecretBox> make_secret_box(const ServerConfig& config) {
    if (!config.secret_key.empty()) return auth::SecretBox::from_base64(config.secret_key);
    return auth::SecretBox::from_file(config.data_dir + "/secret.key");
}

Status write_credentials(const std::string& data_dir, const auth::Credentials& credentials,
                         const std::string& url) {
    JsonWriter writer;
    writer.begin_object()
        .field("agent_id", credentials.agent_id)
        .field("agent_secret", credentials.agent_secret);
    const std::string text = writer.field("url", url).end_object().take() + "\n";
    return cli::write_private(data_dir + "/credentials.json", text);
}

Result<Id> operator_agent(const ServerConfig& config, bool owns_data_dir, store::AgentStore& agents,
                          auth::Authenticator& authenticator,
                          std::optional<auth::Credentials>& credentials) {
    if (owns_data_dir) {
        credentials = read_credentials(config.data_dir);
        if (!credentials ||
            !authenticator.log_in(credentials->agent_id, credentials->agent_secret).ok())
            credentials = TRY(auth::renew_admin(agents));
        return credentials->agent_id;
    }
    if (const auto first = TRY(auth::make_first_admin(agents))) {
        std::printf(
            "The first admin was made. It is shown this once:\n  agent_id      %s\n  agent_secret  "
            "%s\n\n",
            first->agent_id.c_str(), first->agent_secret.c_str());
        return first->agent_id;
    }
    const auto admin = agents.find_by_name("admin");
    return admin.ok() ? admin->id : Id();
}

}  // namespace ordinaut::server
