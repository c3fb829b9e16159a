#include "auth/auth_meter.h"

namespace ordinaut::auth {
namespace {

constexpr std::array kMethods = {"token", "session", "secret", "refresh", "login_link"};
constexpr std::array kResults = {"accepted", "refused", "limited", "error"};
constexpr std::array kEvents = {"token_refused", "wrong_secret", "login_limited",
                                "refresh_token_reused", "login_link_refused"};

size_t result_of(const Error* refusal) {
    if (refusal == nullptr) return 0;
    if (refusal->code == ErrorCode::kUnauthenticated) return 1;
    return refusal->code == ErrorCode::kRateLimited ? 2 : 3;
}

}  // namespace

AuthMeter::AuthMeter(metrics::Registry& registry) {
    for (size_t method = 0; method < kMethods.size(); ++method)
        for (size_t result = 0; result < kResults.size(); ++result)
            attempts_[method][result] =
                &registry.counter("orchestrator_authentication_attempts_total",
                                  "Tries to authenticate, by method and result.",
                                  {{"method", kMethods[method]}, {"result", kResults[result]}});
    for (size_t kind = 0; kind < kEvents.size(); ++kind)
        events_[kind] = &registry.counter("orchestrator_security_events_total",
                                          "What an operator should look at, by kind.",
                                          {{"kind", kEvents[kind]}});
}

void AuthMeter::attempt(Method method, const Error* refusal) {
    const size_t result = result_of(refusal);
    attempts_[static_cast<size_t>(method)][result]->add();
    if (result == 2) event(Kind::kLoginLimited);
    if (result != 1) return;
    if (method == Method::kToken || method == Method::kSession) event(Kind::kTokenRefused);
    if (method == Method::kSecret) event(Kind::kWrongSecret);
    if (method == Method::kLoginLink) event(Kind::kLoginLinkRefused);
}

void AuthMeter::event(Kind kind) { events_[static_cast<size_t>(kind)]->add(); }

}  // namespace ordinaut::auth
