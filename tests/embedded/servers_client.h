// What the tests ask the embedded servers: one row, one key.
#pragma once
#include <hiredis/hiredis.h>

#include <pqxx/pqxx>
#include <string>

#include "base/check.h"

namespace ordinaut::embedded {

inline std::string sql(const std::string& url, const std::string& query) {
    pqxx::connection connection(url);
    pqxx::work work(connection);
    const auto rows = work.exec(query);
    work.commit();
    return rows.empty() ? "" : rows[0][0].c_str();
}

// The reply as text; "" for nil.
template <class... Words>
std::string redis(const std::string& url, const char* format, Words... words) {
    redisContext* context = redisConnectUnix(url.substr(std::string("unix://").size()).c_str());
    CHECK(context != nullptr && context->err == 0);
    auto* reply = static_cast<redisReply*>(redisCommand(context, format, words...));
    CHECK(reply != nullptr);
    std::string text = reply->type == REDIS_REPLY_INTEGER ? std::to_string(reply->integer)
                       : reply->str != nullptr            ? std::string(reply->str, reply->len)
                                                          : "";
    freeReplyObject(reply);
    redisFree(context);
    return text;
}

}  // namespace ordinaut::embedded
