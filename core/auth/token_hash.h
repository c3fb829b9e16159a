// What the store keeps of a refresh token, a session or a login link: enough to recognise it, not
// to use it.
#pragma once
#include <string>
#include <string_view>

namespace ordinaut::auth {

// SHA-256 in lower-case hex. Only for tokens too random to be guessed; never for secrets of people.
std::string token_hash(std::string_view token);

}  // namespace ordinaut::auth
