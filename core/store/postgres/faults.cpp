#include "store/postgres/faults.h"

#include <pqxx/pqxx>

#include "base/json.h"
#include "base/log.h"
#include "store/postgres/params.h"

namespace ordinaut::store::postgres {
namespace {
// The first line of the server's message: the rest quotes the statement.
std::string first_line(const char* what) {
    const std::string_view text = what;
    return std::string(text.substr(0, text.find('\n')));
}

// Where the socket lies is nobody's business who asks over the network.
std::string without_socket(std::string text) {
    constexpr std::string_view kBegin = "on socket \"";
    const size_t begin = text.find(kBegin);
    if (begin == std::string::npos) return text;
    const size_t end = text.find('"', begin + kBegin.size());
    if (end == std::string::npos) return text;
    return text.replace(begin, end + 1 - begin, "on its socket");
}

Fault from_sqlstate(const pqxx::sql_error& error) {
    const std::string& state = error.sqlstate();
    const auto is_class = [&](std::string_view prefix) { return state.compare(0, 2, prefix) == 0; };
    const std::string message = first_line(error.what());
    if (is_class("40"))
        return {unavailable("the database asks to try again: " + message), true, false};
    if (state == "23505") return {conflict("it exists already"), false, false};
    if (state == "57014")
        return {unavailable("the database took too long and gave up"), false, false};
    if (state == "55P03")
        return {unavailable("the database is busy with the same rows; try again"), false, false};
    if (is_class("57") || is_class("08"))
        return {unavailable("the database is going away: " + message), true, true};
    if (is_class("53"))
        return {unavailable("the database is out of resources: " + message), false, false};
    if (state == "25006") return {unavailable("the database is read-only"), false, false};
    if (state == "42P01" || state == "42703")
        return {unavailable(
                    "the database schema does not match this program; run `ordinaut migrate`: " +
                    message),
                false, false};
    if (state == "22021" || state == "22P05")
        return {invalid("", "text must be valid UTF-8 without U+0000"), false, false};
    log_error("store.sql_error", {{"sqlstate", state}, {"message", message}});
    return {internal("database error " + state + ": " + message), false, false};
}
}  // namespace

Fault current_fault() noexcept {
    try {
        throw;
    } catch (const pqxx::in_doubt_error&) {
        return {Error{ErrorCode::kInDoubt,
                      "the connection broke during commit; it may or may not have happened"},
                false, true};
    } catch (const pqxx::statement_completion_unknown&) {  // Before transaction_rollback, from
                                                           // which it derives.
        return {Error{ErrorCode::kInDoubt, "the database did not say whether the commit happened"},
                false, true};
    } catch (const pqxx::broken_connection& error) {
        return {unavailable("no connection to the database: " +
                            without_socket(first_line(error.what()))),
                true, true};
    } catch (const pqxx::sql_error& error) {
        return from_sqlstate(error);
    } catch (const BadText& error) {
        return {invalid("", error.what()), false, false};
    } catch (const std::exception& error) {
        log_error("store.fault", {{"message", error.what()}});
        return {internal(std::string("store: ") + error.what()), false, true};
    }
}

}  // namespace ordinaut::store::postgres
