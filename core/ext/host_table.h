// The C functions extensions call: arguments are checked here, decisions are the instance's.
#pragma once
#include <ordinaut/extension.h>

namespace ordinaut::ext {

// Lives as long as the process.
const ord_host_v1& host_table();

// "ord.core", "ord.tools", …, each major 1; null when there is no such interface.
struct InterfaceTable {
    const void* table = nullptr;
    uint32_t minor = 0;
};
InterfaceTable find_interface(const char* name, uint64_t size, uint32_t major);

}  // namespace ordinaut::ext
