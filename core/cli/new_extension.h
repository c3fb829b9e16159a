// `ordinaut ext new`: writes the folder of a new extension from the templates of the SDK. Needs no
// server.
#pragma once
#include <string>
#include <vector>

#include "base/result.h"

namespace ordinaut::cli {

struct NewExtension {
    std::string id;
    std::string language = "cpp";  // cpp, c or rust
    std::string parent = ".";      // Where its folder is made.
};

// Writes <parent>/<id>/ and gives the files' paths. kInvalid: the id or the language; kConflict:
// the folder is there and not empty; kUnavailable: it cannot be written.
Result<std::vector<std::string>> write_new_extension(const NewExtension& wanted);

}  // namespace ordinaut::cli
