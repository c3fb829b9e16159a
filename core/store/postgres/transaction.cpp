#include "store/postgres/transaction.h"

#include "base/json.h"
#include "store/change_store.h"

namespace ordinaut::store::postgres {

Transaction::Transaction(pqxx::transaction_base& work, Connection& connection,
                         const Queries& queries, bool prepare)
    : work_(work), connection_(connection), queries_(queries), prepare_(prepare) {}

pqxx::result Transaction::run(std::string_view query, const Params& params) {
    if (!prepare_) return run_planned(query, params);
    const std::string name(query);
    if (connection_.prepared.insert(name).second)
        connection_.link->prepare(name, queries_.text(query));
    return work_.exec_prepared(name, pqxx::prepare::make_dynamic_params(params.pointers()));
}

pqxx::result Transaction::run_planned(
    std::string_view query, const Params& params,
    const std::vector<std::pair<std::string, std::string>>& substitutions) {
    std::string text = queries_.text(query);
    for (const auto& [key, value] : substitutions) {
        const std::string mark = "{" + key + "}";
        for (auto at = text.find(mark); at != std::string::npos;
             at = text.find(mark, at + value.size()))
            text.replace(at, mark.size(), value);
    }
    return work_.exec_params(text, pqxx::prepare::make_dynamic_params(params.pointers()));
}

void Transaction::run_script(const std::string& sql) { work_.exec(sql); }

void Transaction::tell(HostEvent event) {
    if (event.causation_depth <= kCausationDepthMax) told_.push_back(std::move(event));
}

void Transaction::finish() {
    if (!told_.empty()) {
        JsonWriter events;
        events.begin_array();
        for (const HostEvent& event : told_)
            events.begin_object()
                .field("topic", event.topic)
                .field("depth", event.causation_depth)
                .field("trace_id", event.trace_id)
                .raw("payload", event.payload_json)
                .end_object();
        run("tell", Params().text(events.end_array().take()));
        notify(Channel::kRuns);
    }
    if (notified_.empty()) return;
    std::string sql;
    for (const Channel channel : notified_) sql += "NOTIFY " + channel_name(channel) + ";";
    work_.exec(sql);
}

std::string channel_name(Channel channel) {
    switch (channel) {
        case Channel::kDue: return "ordinaut_due";
        case Channel::kRuns: return "ordinaut_runs";
        case Channel::kControl: return "ordinaut_control";
    }
    return {};
}

void append_audit(Transaction& tx, std::string_view action, std::string_view subject,
                  std::string_view details_json, const Actor& actor) {
    tx.run("append_audit", Params()
                               .text(action)
                               .text(subject)
                               .text(actor.agent_id)
                               .text(actor.name)
                               .text(actor.request_id)
                               .text(details_json.empty() ? "{}" : details_json));
    if (is_told(action)) tx.notify(Channel::kRuns);
}

std::string actor_label(const Actor& actor) {
    return actor.agent_id.empty() ? actor.name : actor.agent_id;
}

}  // namespace ordinaut::store::postgres
