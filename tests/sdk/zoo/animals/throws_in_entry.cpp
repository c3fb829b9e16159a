// Its entry throws.
#include <ordinaut/extension.h>

#include <stdexcept>

extern "C" ORD_EXPORT const ord_extension_v1* ordinaut_extension_v1(void) {
    throw std::runtime_error("boom");
}
