// ASSERT_OK(result), EXPECT_OK(result): the Result has a value; otherwise its error is shown.
#pragma once
#include <gtest/gtest.h>

#include "base/result.h"

namespace ordinaut::testing {

template <class T>
::testing::AssertionResult is_ok(const Result<T>& result) {
    if (result.ok()) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure()
           << error_name(result.error().code) << ": " << result.error().message;
}

}  // namespace ordinaut::testing

#define ASSERT_OK(result) ASSERT_TRUE(::ordinaut::testing::is_ok(result))
#define EXPECT_OK(result) EXPECT_TRUE(::ordinaut::testing::is_ok(result))
