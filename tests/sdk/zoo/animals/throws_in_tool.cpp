// Written against the C ABI; an exception gets out of a call.
#include <ordinaut/tools.h>

#include <stdexcept>
#include <string_view>

namespace {
ord_str str(std::string_view text) { return {text.data(), text.size()}; }
ord_status create(const ord_host_v1* host, ord_handle self, ord_str, void** instance) {
    static int one = 0;
    *instance = &one;
    const void* tools = nullptr;
    if (host->struct_size < sizeof *host ||
        host->get_interface(self, str("ord.tools"), 1, &tools, nullptr) != ORD_OK)
        return ORD_E_UNSUPPORTED;
    ord_tool_spec spec{};
    spec.struct_size = sizeof spec;
    spec.name = str("run");
    return static_cast<const ord_tools_v1*>(tools)->register_tool(self, &spec);
}
ord_status start(void*) { return ORD_OK; }
void quiesce(void*, uint64_t) {}
void nothing(void*) {}
ord_status on_tool(void*, const ord_tool_call*) { throw std::runtime_error("boom"); }
}  // namespace

extern "C" ORD_EXPORT const ord_extension_v1* ordinaut_extension_v1(void) {
    static const ord_extension_v1 table = [] {
        ord_extension_v1 t{};
        t.struct_size = sizeof t;
        t.abi_major = ORD_ABI_MAJOR;
        t.max_concurrency = 1;
        t.id = str(ORDINAUT_EXTENSION_ID);
        t.version = str(ORDINAUT_EXTENSION_VERSION);
        t.create = create;
        t.start = start;
        t.quiesce = quiesce;
        t.stop = nothing;
        t.destroy = nothing;
        t.on_tool = on_tool;
        return t;
    }();
    return &table;
}
