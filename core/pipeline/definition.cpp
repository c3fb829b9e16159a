#include "pipeline/definition.h"

#include <cmath>
#include <map>
#include <set>

#include "base/nearest.h"

namespace ordinaut::pipeline {
namespace {

constexpr std::string_view kPayloadKeys[] = {"params", "pipeline"};
constexpr std::string_view kStepKeys[] = {
    "id", "uses", "with", "save_as", "if", "timeout_seconds", "max_retries"};
constexpr std::string_view kLaterKeys[] = {"foreach",    "max_parallel", "parallel", "wait",
                                           "compensate", "on_error",     "call"};
constexpr size_t kNameBytesMax = 64;
constexpr size_t kToolNameBytesMax = 128;

template <size_t n>
bool is_one_of(std::string_view name, const std::string_view (&names)[n]) {
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool made_of(std::string_view text, std::string_view extra) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               extra.find(c) != std::string_view::npos;
    });
}

}  // namespace

class DefinitionParser {
public:
    DefinitionParser(std::string_view pointer, const tool::Catalogue* tools)
        : pointer_(pointer), tools_(tools) {}

    Result<Definition> run(const JsonValue& payload) {
        if (!payload.IsObject())
            return invalid(pointer_,
                           "must be an object {\"params\": {…}, \"pipeline\": [step, …]}");
        refuse_unknown(payload, pointer_, kPayloadKeys, "a payload");
        if (const JsonValue* params = find(payload, "params")) {
            if (params->IsObject())
                content_->params = copy(*params);
            else
                problem(pointer_child(pointer_, "params"), "must be an object");
        }
        const std::string at = pointer_child(pointer_, "pipeline");
        const JsonValue* steps = find(payload, "pipeline");
        if (steps == nullptr)
            problem(at, "is required: an array of steps");
        else if (!steps->IsArray())
            problem(at, "must be an array of steps");
        else if (steps->Size() > kStepsMax)
            problem(at, "has " + std::to_string(steps->Size()) + " steps; the limit is " +
                            std::to_string(kStepsMax));
        else
            parse_steps(*steps, at);
        if (problems_.size() > kProblemsMax) problems_.resize(kProblemsMax);
        if (!problems_.empty()) return invalid(std::move(problems_));
        content_->secrets.assign(secrets_.begin(), secrets_.end());
        return Definition(std::move(content_));
    }

private:
    void problem(std::string pointer, std::string message) {
        problems_.push_back({std::move(pointer), std::move(message)});
    }

    // True when a key that belongs to a later version stands there.
    template <size_t n>
    bool refuse_unknown(const JsonValue& object, const std::string& pointer,
                        const std::string_view (&known)[n], const char* what) {
        bool later = false;
        for (const auto& member : object.GetObject()) {
            const std::string_view name = view(member.name);
            if (is_one_of(name, known)) continue;
            const std::string at = pointer_child(pointer, name);
            if (is_one_of(name, kLaterKeys)) {
                problem(at, "'" + std::string(name) + "' is not supported yet");
                later = true;
                continue;
            }
            std::string message = "unknown key; ";
            if (const std::string_view near = nearest(name, {std::begin(known), std::end(known)});
                !near.empty()) {
                message += "did you mean '" + std::string(near) + "'?";
            } else {
                message += std::string(what) + " has";
                for (const std::string_view key : known)
                    message += (key == known[0] ? " " : ", ") + std::string(key);
            }
            problem(at, std::move(message));
        }
        return later;
    }

    void parse_steps(const JsonValue& steps, const std::string& pointer) {
        for (rapidjson::SizeType i = 0; i < steps.Size(); ++i)
            parse_step(steps[i], pointer_child(pointer, i));
        if (steps.Empty())
            content_->warnings.push_back({pointer, "has no steps: the task does nothing"});
        for (size_t i = 0; i < content_->steps.size(); ++i)
            check_readings(i, pointer_child(pointer, i));
    }

    void parse_step(const JsonValue& value, const std::string& pointer) {
        StepDefinition& step = content_->steps.emplace_back();
        step.pointer = pointer;
        if (!value.IsObject())
            return problem(pointer, "must be an object with at least id and uses");
        const bool later = refuse_unknown(value, pointer, kStepKeys, "a step");
        parse_names(value, pointer, step, later);
        if (const JsonValue* with = find(value, "with")) {
            const std::string at = pointer_child(pointer, "with");
            if (!with->IsObject()) {
                problem(at, "must be an object: the tool's input");
            } else if (auto compiled = Template::compile(*with, at)) {
                step.with = std::move(*compiled);
                if (step.with.pieces().empty()) warn_refused_input(step.uses, *with, at);
            } else {
                problems_.insert(problems_.end(), compiled.error().details.begin(),
                                 compiled.error().details.end());
            }
        }
        parse_condition(value, pointer, step);
        parse_limits(value, pointer, step);
    }

    void parse_names(const JsonValue& value, const std::string& pointer, StepDefinition& step,
                     bool later) {
        const std::string id_at = pointer_child(pointer, "id"),
                          uses_at = pointer_child(pointer, "uses"),
                          save_at = pointer_child(pointer, "save_as");
        const JsonValue* id = find(value, "id");
        if (id == nullptr) {
            problem(id_at, "is required: the step's name");
        } else if (!id->IsString() || id->GetStringLength() == 0 ||
                   id->GetStringLength() > kNameBytesMax || !made_of(view(*id), "_-")) {
            problem(id_at, "must be 1 to 64 letters, digits, _ or -");
        } else {
            step.id = view(*id);
            if (const auto [first, added] = ids_.emplace(step.id, pointer); !added)
                problem(id_at, "'" + step.id + "' is already the id of " + first->second);
        }
        const JsonValue* uses = find(value, "uses");
        if (uses == nullptr) {
            if (!later) problem(uses_at, "is required: the name of a tool");
        } else if (!uses->IsString() || uses->GetStringLength() == 0 ||
                   uses->GetStringLength() > kToolNameBytesMax || !made_of(view(*uses), "_-.")) {
            problem(uses_at, "must be the name of a tool, such as http.request");
        } else {
            step.uses = view(*uses);
            warn_unknown_tool(step.uses, uses_at);
        }
        step.save_as = step.id;
        const JsonValue* save_as = find(value, "save_as");
        if (save_as != nullptr) {
            const std::string_view name = save_as->IsString() ? view(*save_as) : std::string_view();
            if (name.empty() || name.size() > kNameBytesMax || !made_of(name, "_") ||
                (name[0] >= '0' && name[0] <= '9'))
                return problem(
                    save_at,
                    "must be a name of up to 64 letters, digits and _, not beginning with a digit");
            step.save_as = name;
        }
        if (step.save_as.empty()) return;
        if (const auto [first, added] = results_.emplace(step.save_as, content_->steps.size() - 1);
            !added && save_as != nullptr)
            problem(save_at, "steps." + step.save_as + " is already the result of step '" +
                                 content_->steps[first->second].id + "'");
        else if (!added && content_->steps[first->second].id != step.id)
            problem(id_at, "steps." + step.save_as + " is already the result of step '" +
                               content_->steps[first->second].id + "'");
    }

    void warn_unknown_tool(const std::string& name, const std::string& pointer) {
        if (tools_ == nullptr || tools_->find(name) != nullptr) return;
        const std::string known = tools_->why_absent(name);
        const std::string near = known.empty() ? tools_->nearest(name) : "";
        content_->warnings.push_back(
            {pointer, "no tool is named '" + name + "' at present" +
                          (known.empty() ? "" : ": " + known) +
                          (near.empty() ? "" : "; did you mean '" + near + "'?")});
    }

    // An input without templates is the one that the tool will get.
    void warn_refused_input(const std::string& name, const JsonValue& input,
                            const std::string& pointer) {
        const auto tool = tools_ == nullptr ? nullptr : tools_->find(name);
        if (tool == nullptr) return;
        const Status fits = tools_->check_input(name, to_json(input));
        if (fits.ok()) return;
        for (const ErrorDetail& detail : fits.error().details)
            content_->warnings.push_back(
                {pointer + detail.pointer, name + " will refuse it: " + detail.message});
    }

    void warn_missing_param(const Template::Piece& piece) {
        JsonValue data(rapidjson::kObjectType);
        rapidjson::MemoryPoolAllocator<> memory;
        data.AddMember("params", alias(content_->params), memory);
        const auto missing = piece.expression->missing({.data = &data, .now = {}});
        if (!missing || !missing->starts_with("params.")) return;
        content_->warnings.push_back(
            {piece.pointer, "there is no " + *missing +
                                ", so the step will fail; add it to params "
                                "or say what to use instead: ${" +
                                piece.expression->source() + " || 'something'}"});
    }

    void parse_condition(const JsonValue& value, const std::string& pointer, StepDefinition& step) {
        const JsonValue* condition = find(value, "if");
        if (condition == nullptr) return;
        const std::string at = pointer_child(pointer, "if");
        if (!condition->IsString()) return problem(at, "must be a string: a JMESPath expression");
        auto compiled = ContextExpression::compile(
            sole_expression(view(*condition)).value_or(view(*condition)));
        if (compiled)
            step.condition = std::move(*compiled);
        else
            problem(at, compiled.error().message);
    }

    void parse_limits(const JsonValue& value, const std::string& pointer, StepDefinition& step) {
        if (const JsonValue* timeout = find(value, "timeout_seconds")) {
            if (!timeout->IsNumber() || timeout->GetDouble() < 0.001 ||
                timeout->GetDouble() > kTimeoutSecondsMax)
                problem(
                    pointer_child(pointer, "timeout_seconds"),
                    "must be a number above 0 and at most " + std::to_string(kTimeoutSecondsMax));
            else
                step.timeout = std::chrono::milliseconds(std::llround(timeout->GetDouble() * 1000));
        }
        if (const JsonValue* retries = find(value, "max_retries")) {
            if (!retries->IsInt() || retries->GetInt() < 0 || retries->GetInt() > kStepRetriesMax)
                problem(pointer_child(pointer, "max_retries"),
                        "must be an integer from 0 to " + std::to_string(kStepRetriesMax));
            else
                step.max_retries = retries->GetInt();
        }
    }

    void check_readings(size_t index, const std::string& pointer) {
        const StepDefinition& step = content_->steps[index];
        if (step.condition) check_reading(*step.condition, index, pointer_child(pointer, "if"));
        for (const Template::Piece& piece : step.with.pieces())
            if (piece.expression) {
                check_reading(*piece.expression, index, piece.pointer);
                if (tools_ != nullptr) warn_missing_param(piece);
            }
    }

    void check_reading(const ContextExpression& expression, size_t index,
                       const std::string& pointer) {
        secrets_.insert(expression.secret_names().begin(), expression.secret_names().end());
        for (const std::string& name : expression.step_names()) {
            const auto saved = results_.find(name);
            if (saved == results_.end())
                problem(pointer, "no step saves steps." + name + suggestion(name));
            else if (saved->second == index)
                problem(pointer, "steps." + name + " is this step's own result");
            else if (saved->second > index)
                problem(pointer, "steps." + name + " is the result of a later step ('" +
                                     content_->steps[saved->second].id + "'); steps run in order");
        }
    }

    std::string suggestion(const std::string& name) const {
        for (const StepDefinition& step : content_->steps)
            if (step.id == name && !step.save_as.empty())
                return "; the result of step '" + name + "' is steps." + step.save_as;
        std::vector<std::string_view> names;
        names.reserve(results_.size());
        for (const auto& [saved, index] : results_) names.push_back(saved);
        const std::string_view near = nearest(name, names);
        return near.empty() ? "" : "; did you mean steps." + std::string(near) + "?";
    }

    const std::string pointer_;
    const tool::Catalogue* const tools_;
    std::shared_ptr<Definition::Content> content_ = std::make_shared<Definition::Content>();
    std::vector<ErrorDetail> problems_;
    std::map<std::string, std::string> ids_;              // Id → pointer of its step.
    std::map<std::string, size_t, std::less<>> results_;  // Name under `steps` → index of its step.
    std::set<std::string> secrets_;
};

Result<Definition> Definition::parse(const JsonValue& payload, std::string_view pointer,
                                     const tool::Catalogue* tools) {
    return DefinitionParser(pointer, tools).run(payload);
}

}  // namespace ordinaut::pipeline
