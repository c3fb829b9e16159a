// What the parts have in common: the extension on a fake host, and how its calls are judged.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <ordinaut/testing/fake_host.hpp>

#include "ext/library.h"
#include "ext/manifest.h"
#include "ext_check/child.h"

namespace ordinaut::ext_check {

// What is checked. Loaded once in each child process.
class Subject {
public:
    Subject(ext::Manifest m, std::filesystem::path file)
        : manifest(std::move(m)), module_(std::move(file)) {}
    // kInvalid, kUnavailable as ext::Library::open.
    Result<const ord_extension_v1*> load() const;

    const ext::Manifest manifest;

private:
    const std::filesystem::path module_;
    mutable std::shared_ptr<const ext::Library> library_;
};

// One life of the extension. Reports what a host would not put up with.
class Life {
public:
    Life(const Subject& subject, Reporter& reporter, testing::Options options = {});
    ~Life();  // Ends it.

    // create() and start(). `refusal_is_fine`: the host lacks something it needs; then only a
    // silent refusal is a finding.
    bool begin(bool refusal_is_fine = false);
    void end();
    testing::FakeHost& host() { return *host_; }
    // The tool's answer; it may take some time, and then must end when it is canceled.
    testing::Outcome settle(const testing::Call& call, const std::string& what);
    // One call of each tool, request of each route, event for each subscription and a while of each
    // task.
    void use_everything();
    void ignore(std::string violation_part) { ignored_ = std::move(violation_part); }

private:
    std::string last_error() const;
    void report_violations();

    const Subject& subject_;
    Reporter& reporter_;
    std::unique_ptr<testing::FakeHost> host_;
    std::string ignored_;
    bool running_ = false;
};

// Whether a tool may be called with an input it accepts.
bool may_call(const tool::ToolSpec& spec);
std::string bare_name(const tool::ToolSpec& spec);  // Without "<id>.".
// A path its pattern matches.
std::string path_of(const testing::Route& route);
std::string topic_of(const testing::Subscription& subscription);

}  // namespace ordinaut::ext_check
