#include <gtest/gtest.h>

#include <filesystem>

#include "tests/jmespath/case_runner.h"

namespace ordinaut::jmespath {
namespace {

// Goal: every case of the official suite holds; the benchmarks only have to parse and evaluate.
TEST(JmespathSuite, Passes) {
    int count = 0;
    for (const auto& file : std::filesystem::directory_iterator(JMESPATH_SUITE))
        if (file.path().extension() == ".json") count += run_cases(file.path());
    EXPECT_GE(count, 900) << "the suite is not complete";
}

}  // namespace
}  // namespace ordinaut::jmespath
