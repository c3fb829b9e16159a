// The only translation unit that includes valijson.
#define VALIJSON_USE_EXCEPTIONS 1
#include "base/json_schema.h"

#include <re2/re2.h>

#include <unordered_set>
#include <valijson/adapters/rapidjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "base/check.h"
#include "base/json_schema_rules.h"

namespace ordinaut {
namespace {

constexpr size_t kDetailsMax = 20;

using valijson::adapters::Adapter;

// A rule of ours inside valijson's walk.
template <class Rule>
class OwnConstraint final : public valijson::constraints::PolyConstraint {
public:
    explicit OwnConstraint(Rule rule) : rule_(std::move(rule)) {}
    bool validate(const Adapter& target, const std::vector<std::string>&,
                  valijson::ValidationResults*) const override {
        return rule_(target);
    }

private:
    valijson::constraints::Constraint* cloneInto(void* place) const override {
        return new (place) OwnConstraint(rule_);
    }
    size_t sizeOf() const override { return sizeof(OwnConstraint); }
    Rule rule_;
};

template <class Make>
class OwnBuilder final : public valijson::ConstraintBuilder {
public:
    explicit OwnBuilder(Make make) : make_(std::move(make)) {}
    valijson::constraints::Constraint* make(const Adapter& argument) const override {
        auto rule = make_(argument);
        return new OwnConstraint<decltype(rule)>(std::move(rule));
    }

private:
    Make make_;
};

template <class Make>
void add_rule(valijson::SchemaParser& parser, std::string_view keyword, Make make) {
    parser.addConstraintBuilder(std::string(json_schema::kOwnPrefix) + std::string(keyword),
                                new OwnBuilder<Make>(std::move(make)));
}

// One text per value, the same for equal values: names sorted, numbers by value.
void canonical(const Adapter& value, std::string& out) {
    if (value.isArray()) {
        out += '[';
        value.applyToArray([&](const Adapter& item) {
            canonical(item, out);
            out += ',';
            return true;
        });
        out += ']';
    } else if (value.isObject()) {
        std::map<std::string, std::string> members;
        value.applyToObject([&](const std::string& name, const Adapter& member) {
            canonical(member, members[name]);
            return true;
        });
        out += '{';
        for (const auto& [name, text] : members)
            out.append(std::to_string(name.size()) + ":").append(name).append(text + ",");
        out += '}';
    } else if (value.isString()) {
        const std::string text = value.getString();
        out += "s" + std::to_string(text.size()) + ":" + text;
    } else if (value.isInteger()) {
        out += "i" + std::to_string(value.getInteger());
    } else if (value.isNumber()) {
        char text[32];
        snprintf(text, sizeof text, "d%.17g", value.getNumber());
        out += text;
    } else {
        out += value.isNull() ? 'n' : value.getBool() ? 't' : 'f';
    }
}

bool has_unique_items(const Adapter& array) {
    std::unordered_set<std::string> seen;
    bool unique = true;
    array.applyToArray([&](const Adapter& item) {
        std::string text;
        canonical(item, text);
        return unique = seen.insert(std::move(text)).second;
    });
    return unique;
}

void add_rules(valijson::SchemaParser& parser) {
    add_rule(parser, "pattern", [](const Adapter& argument) {
        auto pattern = json_schema::compile_pattern(argument.getString());
        CHECK(pattern.ok());
        return [pattern = std::move(*pattern)](const Adapter& target) {
            return !target.isString() || json_schema::pattern_matches(*pattern, target.getString());
        };
    });
    add_rule(parser, "format", [](const Adapter& argument) {
        return [format = argument.getString()](const Adapter& target) {
            return !target.isString() || json_schema::format_accepts(format, target.getString());
        };
    });
    add_rule(parser, "multipleOf", [](const Adapter& argument) {
        return [step = argument.asDouble()](const Adapter& target) {
            return !target.isNumber() || json_schema::multiple_of(target.asDouble(), step);
        };
    });
    add_rule(parser, "uniqueItems", [](const Adapter& argument) {
        return [wanted = argument.getBool()](const Adapter& target) {
            return !wanted || !target.isArray() || has_unique_items(target);
        };
    });
}

}  // namespace

struct JsonSchema::State {
    Json source;  // As given, for explanations.
    valijson::Schema schema;
};

JsonSchema::JsonSchema(std::shared_ptr<const State> state) : state_(std::move(state)) {}

Result<JsonSchema> JsonSchema::compile(const JsonValue& schema) {
    if (auto refused = json_schema::refusals(schema); !refused.empty())
        return invalid(std::move(refused));
    auto state = std::make_shared<State>();
    state->source = copy(schema);
    const Json prepared = json_schema::adapted(schema);
    try {
        valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
        add_rules(parser);
        parser.populateSchema(valijson::adapters::RapidJsonAdapter(prepared), state->schema);
    } catch (const std::exception& error) {
        return invalid("", std::string("not a JSON Schema of draft 7: ") + error.what());
    }
    return JsonSchema(std::move(state));
}

Result<JsonSchema> JsonSchema::compile(std::string_view text) {
    return compile(TRY(parse_json(text)));
}

Status JsonSchema::validate(const JsonValue& value, std::string_view pointer_prefix) const {
    const std::string prefix(pointer_prefix);
    try {
        valijson::Validator validator;
        if (validator.validate(state_->schema, valijson::adapters::RapidJsonAdapter(value),
                               nullptr))
            return ok();
    } catch (const std::exception& error) {
        return invalid(prefix, std::string("cannot be checked: ") + error.what());
    }
    std::vector<ErrorDetail> details;
    json_schema::explain(state_->source, state_->source, value, prefix, kDetailsMax, details);
    if (details.empty()) details.push_back({prefix, "does not match its schema"});
    return invalid(std::move(details));
}

}  // namespace ordinaut
