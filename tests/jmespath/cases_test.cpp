#include <gtest/gtest.h>

#include "tests/jmespath/case_runner.h"

namespace ordinaut::jmespath {
namespace {

// Goal: the grammar, the functions and the errors, each production and each kind at least once. The
// cases are data: cases/*.json.
TEST(JmespathCases, Paths) { EXPECT_GT(run_cases(JMESPATH_CASES "/paths.json"), 0); }
TEST(JmespathCases, Projections) { EXPECT_GT(run_cases(JMESPATH_CASES "/projections.json"), 0); }
TEST(JmespathCases, Operators) { EXPECT_GT(run_cases(JMESPATH_CASES "/operators.json"), 0); }
TEST(JmespathCases, Functions) { EXPECT_GT(run_cases(JMESPATH_CASES "/functions.json"), 0); }
TEST(JmespathCases, Errors) { EXPECT_GT(run_cases(JMESPATH_CASES "/errors.json"), 0); }

}  // namespace
}  // namespace ordinaut::jmespath
