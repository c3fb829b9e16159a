// The files of an extension's static folder, as HTTP answers: content types, ETag, Last-Modified,
// one range, and the index for folders and for paths that are no file's.
//
// Nothing outside the folder is ever opened: no "..", no file or folder whose name begins with a
// dot, no link that leads out.
#pragma once
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "http/responder.h"

namespace ordinaut::ext {

// Immutable; thread-safe.
class StaticFiles {
public:
    enum class Match {
        kFile,  // A file, or a folder that has the index.
        // The index, for a path without a dot in its last segment: the pages of a single-page
        // application.
        kFallback,
    };

    // `folder` and `index` are relative, checked by the manifest's schema. kNotFound: there is no
    // such folder in `root`.
    static Result<std::shared_ptr<const StaticFiles>> open(const std::filesystem::path& root,
                                                           const std::string& folder,
                                                           std::string index, bool is_public);
    ~StaticFiles();
    StaticFiles(const StaticFiles&) = delete;
    StaticFiles& operator=(const StaticFiles&) = delete;

    bool is_public() const { return public_; }

    // Answers GET and HEAD (other methods with 405); the status. 0: there is nothing, and
    // `responder` is untouched. Large files are sent piece by piece, as fast as the client takes
    // them.
    int serve(const http::Request& request, std::span<const std::string> segments,
              const http::Responder& responder, const std::string& request_id, Match match) const;

private:
    StaticFiles(int folder_fd, std::string index, bool is_public)
        : folder_fd_(folder_fd), index_(std::move(index)), public_(is_public) {}

    const int folder_fd_;
    const std::string index_;
    const bool public_;
};

// "text/html; charset=utf-8" for "index.html"; "application/octet-stream" when unknown.
std::string_view content_type_of(std::string_view file_name);

}  // namespace ordinaut::ext
