#include "store/postgres/secret_store.h"

namespace ordinaut::store::postgres {
namespace {

std::string to_hex(std::string_view bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string hex;
    hex.reserve(bytes.size() * 2);
    for (const char byte : bytes) {
        hex += kDigits[static_cast<unsigned char>(byte) >> 4];
        hex += kDigits[static_cast<unsigned char>(byte) & 15];
    }
    return hex;
}

std::string from_hex(std::string_view hex) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::string bytes;
    bytes.reserve(hex.size() / 2);
    for (size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
    return bytes;
}

std::string owner_details(const Id& owner) {
    return JsonWriter().begin_object().field("owner", owner).end_object().take();
}

}  // namespace

Status PgSecretStore::put(const SealedSecret& secret, const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Status {
        tx.run("put_secret",
               Params().text(secret.owner).text(secret.name).text(to_hex(secret.sealed)));
        append_audit(tx, "secret.set", secret.name, owner_details(secret.owner), actor);
        return ok();
    });
}

Result<std::vector<SecretInfo>> PgSecretStore::list(const OwnerFilter& owner) {
    return pool_.read([&](Transaction& tx) -> Result<std::vector<SecretInfo>> {
        Params params;
        if (owner)
            params.text(*owner);
        else
            params.null();
        return read_all(tx.run("list_secrets", params), [](Row& row) {
            SecretInfo info;
            info.name = row.text();
            info.owner = row.text();
            info.created_at = row.time();
            info.updated_at = row.time();
            return info;
        });
    });
}

Status PgSecretStore::remove(std::string_view name, const Id& owner, const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Status {
        if (tx.run("delete_secret", Params().text(owner).text(name)).empty())
            return not_found("no secret named '" + std::string(name) + "'");
        append_audit(tx, "secret.deleted", name, owner_details(owner), actor);
        return ok();
    });
}

Result<std::vector<SealedSecret>> PgSecretStore::find(const Id& owner,
                                                      const std::vector<std::string>& names) {
    return pool_.read([&](Transaction& tx) -> Result<std::vector<SealedSecret>> {
        return read_all(tx.run("find_secrets", Params().text(owner).texts(names)), [](Row& row) {
            SealedSecret secret;
            secret.name = row.text();
            secret.owner = row.text();
            secret.sealed = from_hex(row.text());
            return secret;
        });
    });
}

}  // namespace ordinaut::store::postgres
