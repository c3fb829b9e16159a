// Result<T>: a value or an Error, which the caller may not ignore.
#pragma once
#include <tl/expected.hpp>

#include "base/error.h"

namespace ordinaut {

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
public:
    using tl::expected<T, Error>::expected;
    Result(Error error)
        : tl::expected<T, Error>(tl::unexpect, std::move(error)) {}  // NOLINT: implicit by design
    bool ok() const { return this->has_value(); }
};

using Status = Result<void>;
inline Status ok() { return {}; }

namespace internal_result {
template <class T>
T take(Result<T>&& result) {
    return std::move(*result);
}
inline void take(Status&&) {}
}  // namespace internal_result

}  // namespace ordinaut

// TRY(expr): the value of a Result, or return its error from the enclosing function (which returns
// a Result).
#define TRY(expr)                                                  \
    __extension__({                                                \
        auto try_result_ = (expr);                                 \
        if (!try_result_) return std::move(try_result_.error());   \
        ::ordinaut::internal_result::take(std::move(try_result_)); \
    })
