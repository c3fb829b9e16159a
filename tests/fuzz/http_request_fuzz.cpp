// The framing of requests, fed in pieces: the first byte says how large they are. However the bytes
// are cut, the same requests must be found up to the first fault.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "http/request_reader.h"

namespace {

using ordinaut::http::RequestReader;

std::vector<std::string> read_all(std::string_view bytes, size_t piece) {
    static const ordinaut::http::FramingLimits limits{.head_bytes_max = 512,
                                                      .target_bytes_max = 128,
                                                      .headers_max = 8,
                                                      .query_pairs_max = 4,
                                                      .body_bytes_max = 256,
                                                      .overhead_bytes_max = 64};
    RequestReader reader(limits);
    std::vector<std::string> found;
    while (!bytes.empty()) {
        reader.append(bytes.substr(0, piece));
        bytes.remove_prefix(std::min(piece, bytes.size()));
        for (;;) {
            const auto outcome = reader.next();
            if (outcome == RequestReader::Outcome::kNeedMore) break;
            if (outcome == RequestReader::Outcome::kFault) return found;
            const auto request = reader.take();
            if (request.body.size() > limits.body_bytes_max ||
                request.headers.all().size() > limits.headers_max)
                std::abort();
            for (const auto& segment : request.target.segments)
                if (segment == ".." || segment.find('/') != std::string::npos) std::abort();
            found.push_back(request.method + " " + request.target.path + "?" +
                            request.target.raw_query + " " + request.body);
        }
    }
    return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (read_all(bytes, data[0] % 16 + 1) != read_all(bytes, size)) std::abort();
    return 0;
}
