// Routes: methods, parameters, JSON bodies, errors. Handlers run on several threads at once, so
// what they share has a lock.
#include <ordinaut/ordinaut.hpp>

using ordinaut::Json;
using ordinaut::Request;

class Items : public ordinaut::Extension {
    void setup(ordinaut::Setup& s) override {
        s.get("/items", [this](Request& r) { r.json({{"items", Json::array(all())}}); });
        s.post("/items", [this](Request& r) {
            const Json* name =
                r.body_json().find("name");  // A body that is not JSON has been answered with 400.
            if (name == nullptr || !name->is_string())
                return r.error(422, "/name: must be a string");
            const std::string id = add(name->as_string());
            r.status(201).set("location", "/ext/items/items/" + id).json({{"id", id}});
        });
        s.get("/items/{id}", [this](Request& r) {
            const auto name = find(r.param("id"));
            if (!name) return r.error(404, "there is no item '" + r.param("id") + "'");
            r.json({{"id", r.param("id")}, {"name", *name}});
        });
        s.del("/items/{id}", [this](Request& r) {
            if (!remove(r.param("id")))
                return r.error(404, "there is no item '" + r.param("id") + "'");
            r.no_content();
        });
        s.get("/echo/{*}", [](Request& r) {
            r.json({{"rest", r.param("*")}, {"query", r.query("q")}});
        });
    }

    Json::Array all() {
        const std::lock_guard lock(mutex_);
        Json::Array items;
        for (const auto& [id, name] : items_) items.push_back(Json{{"id", id}, {"name", name}});
        return items;
    }
    std::string add(const std::string& name) {
        const std::lock_guard lock(mutex_);
        const std::string id = std::to_string(++last_);
        items_[id] = name;
        return id;
    }
    std::optional<std::string> find(const std::string& id) {
        const std::lock_guard lock(mutex_);
        const auto found = items_.find(id);
        return found == items_.end() ? std::nullopt : std::optional(found->second);
    }
    bool remove(const std::string& id) {
        const std::lock_guard lock(mutex_);
        return items_.erase(id) == 1;
    }

    std::mutex mutex_;
    std::map<std::string, std::string> items_;
    int last_ = 0;
};
ORDINAUT_EXTENSION(Items)
