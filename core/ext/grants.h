// What an extension may do: the manifest's request ∩ the operator's policy.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ordinaut::ext {

enum class Grant { kRoutes, kTools, kEventsPub, kEventsSub, kBackgroundTasks, kStatic };
constexpr int kGrantCount = 6;

std::string_view name_of(Grant grant);  // "TOOLS"
std::optional<Grant> grant_named(std::string_view name);

class Grants {
public:
    Grants() = default;
    Grants(std::initializer_list<Grant> grants) {
        for (const Grant grant : grants) add(grant);
    }
    void add(Grant grant) { bits_ |= 1u << static_cast<int>(grant); }
    bool has(Grant grant) const { return (bits_ >> static_cast<int>(grant) & 1u) != 0; }
    bool empty() const { return bits_ == 0; }
    Grants operator|(Grants other) const { return Grants(bits_ | other.bits_); }
    Grants operator&(Grants other) const { return Grants(bits_ & other.bits_); }
    Grants without(Grants other) const { return Grants(bits_ & ~other.bits_); }
    bool operator==(const Grants&) const = default;
    std::vector<std::string> names() const;  // In the order of the enum.

private:
    explicit Grants(unsigned bits) : bits_(bits) {}
    unsigned bits_ = 0;
};

// Where an extension was found; decides how far it is trusted without an operator's word.
enum class Source { kBuiltin, kPath, kPackage };
std::string_view name_of(Source source);  // "builtin", "path", "package"

// kManifest grants drop-ins what they ask for; kExplicit only what the operator granted. Built-in
// ones get what they ask for.
enum class DropInPolicy { kManifest, kExplicit };

using OperatorGrants = std::map<std::string, Grants, std::less<>>;  // Extension id → capabilities.

struct GrantPolicy {
    DropInPolicy drop_in = DropInPolicy::kExplicit;
    OperatorGrants granted = {};
};

// An id that stands in `policy.granted` gets asked ∩ granted, whatever its source.
Grants decide(Grants asked, std::string_view id, Source source, const GrantPolicy& policy);

// What this version of the host can honour.
Grants supported_grants();

// The JSON of ORDINAUT_EXT_GRANTS (manifests/grants.schema.json). kMalformed, kInvalid with
// pointers.
Result<OperatorGrants> parse_operator_grants(std::string_view text);

}  // namespace ordinaut::ext
