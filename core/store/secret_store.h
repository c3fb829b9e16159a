// Secrets for pipelines, encrypted before they get here (auth/secret_box.h). Thread-safe.
#pragma once
#include "base/clock.h"
#include "store/actor.h"

namespace ordinaut::store {

struct SecretInfo {
    std::string name;
    Id owner;  // Empty = shared by an admin with everyone.
    WallTime created_at{}, updated_at{};
};

struct SealedSecret {
    std::string name;
    Id owner;
    std::string sealed;  // Opaque bytes.
};

class SecretStore {
public:
    virtual ~SecretStore() = default;
    // Inserts or replaces (owner, name).
    virtual Status put(const SealedSecret& secret, const Actor& actor) = 0;
    // Own and shared, by name.
    virtual Result<std::vector<SecretInfo>> list(const OwnerFilter& owner) = 0;
    // kNotFound.
    virtual Status remove(std::string_view name, const Id& owner, const Actor& actor) = 0;
    // The owner's secrets and the shared ones with these names; an owner's own wins. Unknown names
    // are left out.
    virtual Result<std::vector<SealedSecret>> find(const Id& owner,
                                                   const std::vector<std::string>& names) = 0;
};

}  // namespace ordinaut::store
