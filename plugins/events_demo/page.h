// The page, as it goes to browsers; made from the files in page/.
#pragma once
#include <string_view>

extern const std::string_view kPageHtml, kPageCss, kPageJs;
