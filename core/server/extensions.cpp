#include "server/extensions.h"

#include <cstdlib>
#include <filesystem>

#include "auth/scope.h"
#include "base/id.h"
#include "base/json.h"
#include "server/watching.h"

namespace ordinaut::server {
namespace {

using cli::ServerConfig;

std::filesystem::path program_folder() {
    std::error_code error;
    const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
    return error ? std::filesystem::current_path() : path.parent_path();
}

ext::SearchPaths search_paths(const ServerConfig& config) {
    const auto here = program_folder();
    ext::SearchPaths paths;
    paths.builtin = {here / "plugins", here.parent_path() / "lib/ordinaut/extensions"};
    for (const auto& entry : config.ext_paths) paths.drop_in.emplace_back(entry);
    paths.packages = {"/usr/lib/ordinaut/extensions"};
    if (const char* data_home = std::getenv("XDG_DATA_HOME"))
        paths.packages.push_back(std::filesystem::path(data_home) / "ordinaut/extensions");
    return paths;
}

}  // namespace

Result<ext::HostOptions> host_options(const ServerConfig& config, ext::Steward& steward) {
    ext::HostOptions options;
    options.paths = search_paths(config);
    options.policy.drop_in = config.ext_policy == "manifest" ? ext::DropInPolicy::kManifest
                                                             : ext::DropInPolicy::kExplicit;
    if (!config.ext_grants.empty())
        options.policy.granted = TRY(ext::parse_operator_grants(config.ext_grants));
    options.config = config.extensions;
    options.eager = config.ext_eager;
    options.require_scopes = config.require_scopes;
    options.standings = TRY(steward.standings());
    return options;
}

ext::Seams Doors::seams(ext::Steward& steward, const store::Stores& stores,
                        events::EventStreams& streams, metrics::Registry& metrics,
                        live::Feed& feed) {
    ext::Seams seams;
    seams.own_identity = [&steward](std::string_view id) { return steward.own_identity(id); };
    seams.changed = [&steward](ext::StateChange change) { steward.changed(std::move(change)); };
    seams.metrics = &metrics;
    seams.streams = &streams;
    seams.kv = &stores.kv;
    seams.watch = watcher(feed, stores.changes);
    seams.leases = &stores.leases;
    seams.core = [this](const ext::CallerIdentity& identity, std::string operation,
                        const std::string& input_json, ext::CoreDone done) {
        call(identity, std::move(operation), input_json, std::move(done));
    };
    seams.run_log = [this](std::string_view run_id, std::string_view step_id,
                           std::string_view level, std::string_view message,
                           std::string_view fields_json) {
        runner::Runner* runner = runner_;
        if (runner == nullptr) return;
        runner->log({std::string(run_id), SystemClock().wall_now(), std::string(level),
                     std::string(step_id), std::string(message), std::string(fields_json)});
    };
    return seams;
}

void Doors::call(const ext::CallerIdentity& identity, std::string operation,
                 const std::string& input_json, ext::CoreDone done) {
    auto input = parse_json(input_json);
    if (!input.ok()) return done(std::move(input.error()));
    auto call = std::make_shared<operations::Call>();
    call->caller = {identity.principal, "extension " + identity.extension_id,
                    auth::expand_roles(identity.scopes)};
    call->input = std::move(*input);
    call->request_id = new_id();
    call->trace_id = identity.trace_id;
    call->idempotency_key = identity.idempotency_key;
    call->if_match = identity.if_match;
    call->causation_depth = identity.causation_depth;
    const auto shared_done = std::make_shared<ext::CoreDone>(std::move(done));
    const bool taken =
        pool_.try_submit([this, operation = std::move(operation), call, shared_done] {
            dispatcher_.load()->invoke(operation, std::move(*call),
                                       [shared_done](Result<operations::Reply> reply) {
                                           if (reply.ok())
                                               (*shared_done)(std::move(reply->body_json));
                                           else
                                               (*shared_done)(std::move(reply.error()));
                                       });
        });
    if (!taken)
        (*shared_done)(
            unavailable("the server has too many calls of extensions waiting; try again"));
}

}  // namespace ordinaut::server
