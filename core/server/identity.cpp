#include "server/identity.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include "base/json.h"

namespace ordinaut::server {
namespace {

using cli::ServerConfig;

std::optional<auth::Credentials> read_credentials(const std::string& path) {
    std::string text(4096, '\0');
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const ssize_t got = fd < 0 ? -1 : read(fd, text.data(), text.size());
    if (fd >= 0) close(fd);
    if (got <= 0) return std::nullopt;
    const auto json = parse_json(std::string_view(text).substr(0, static_cast<size_t>(got)));
    if (!json.ok() || !is_id(string_or(*json, "agent_id", ""))) return std::nullopt;
    return auth::Credentials{Id(string_or(*json, "agent_id", "")),
                             std::string(string_or(*json, "agent_secret", ""))};
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
    const std::string path = data_dir + "/credentials.json";
    const std::string fresh = path + ".new";
    const int fd = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    const bool written =
        fd >= 0 && write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (fd >= 0) close(fd);
    if (!written || rename(fresh.c_str(), path.c_str()) != 0)
        return unavailable("cannot write " + path);
    return ok();
}

Result<Id> operator_agent(const ServerConfig& config, bool owns_data_dir, store::AgentStore& agents,
                          auth::Authenticator& authenticator,
                          std::optional<auth::Credentials>& credentials) {
    if (owns_data_dir) {
        credentials = read_credentials(config.data_dir + "/credentials.json");
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
