// Calling into an extension: whatever it throws stops here.
#pragma once
#include <ordinaut/extension.h>

#include <stdexcept>
#include <string>
#include <type_traits>

namespace ordinaut::ext {

// What `step` returns (ORD_OK when it returns nothing); an exception becomes ORD_E_INTERNAL and
// `caught` its message.
template <class Step>
ord_status guarded(Step step, std::string& caught) {
    try {
        if constexpr (std::is_void_v<decltype(step())>) {
            step();
            return ORD_OK;
        } else {
            return step();
        }
    } catch (const std::exception& error) {
        caught = error.what()[0] == '\0' ? "an exception without a message" : error.what();
    } catch (...) {
        caught = "an exception that is no std::exception";
    }
    return ORD_E_INTERNAL;
}

}  // namespace ordinaut::ext
