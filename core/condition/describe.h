// What a condition does, in plain words. Pure.
#pragma once
#include <string>

#include "model/task.h"

namespace ordinaut::condition {

enum class Language { kEnglish, kRomanian, kRussian };

// Of a valid task of kind `condition`: "Runs when `x > 3` becomes true (source: http, asked every
// 60 s).". Numbers stand with unit symbols, which have one form in all languages.
std::string describe(const Task& task, Language language);

}  // namespace ordinaut::condition
