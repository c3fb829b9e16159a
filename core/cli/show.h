// Answers for people: lists as tables, single things as YAML, errors as sentences.
#pragma once
#include <string>
#include <string_view>

#include "base/json.h"
#include "cli/client.h"
#include "cli/console.h"
#include "operations/operation.h"

namespace ordinaut::cli {

constexpr int kExitOk = 0;
constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;
constexpr int kExitNotFound = 3;
constexpr int kExitDenied = 4;
constexpr int kExitUnavailable = 5;

int exit_code(const Error& error);
int exit_code(int http_status);

// Prints the answer and gives the exit code. `json` prints the body as it came. An error's sentence
// and details go to standard error.
int show_response(Console& console, const operations::Operation& operation,
                  const Response& response, bool json);

// "ordinaut: <sentence>" and a line for each detail; gives the exit code.
int show_error(Console& console, const Error& error);
// The same for an error answer of the server.
int show_error_response(Console& console, const Response& response);

// One line of a run's log.
void show_log_line(Console& console, const JsonValue& line);

}  // namespace ordinaut::cli
