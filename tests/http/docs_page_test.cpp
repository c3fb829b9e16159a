#include "http/docs_page.h"

#include <gtest/gtest.h>

#include "http/target.h"

namespace ordinaut::http {
namespace {

std::optional<Response> ask(const std::string& method, const std::string& path) {
    Request request;
    request.method = method;
    request.target = *parse_target(path, 10);
    return docs_response(request);
}

TEST(DocsPage, ServesItsFilesAndNothingElse) {
    EXPECT_NE(ask("GET", "/docs")->body.find("<script type=\"module\" src=\"/docs/app.js\">"),
              std::string::npos);
    EXPECT_TRUE(ask("HEAD", "/docs/"));
    EXPECT_EQ(ask("GET", "/docs/app.js")->headers.get("content-type"),
              "text/javascript; charset=utf-8");
    EXPECT_EQ(ask("GET", "/docs/style.css")->headers.get("content-type"),
              "text/css; charset=utf-8");
    for (const char* path : {"/", "/docs/other", "/docs/app.js/x", "/docsx"})
        EXPECT_FALSE(ask("GET", path)) << path;
    EXPECT_FALSE(ask("POST", "/docs"));
}

// The policy forbids it, so a slip would only show in a browser.
TEST(DocsPage, HasNoInlineScriptAndLoadsNothingFromElsewhere) {
    EXPECT_EQ(ask("GET", "/docs")->headers.get("content-security-policy").find("unsafe"),
              std::string_view::npos);
    for (const char* path : {"/docs", "/docs/app.js", "/docs/style.css"}) {
        const auto body = ask("GET", path)->body;
        for (const char* forbidden :
             {"<script>", "onclick=\"", "style=\"", "http://", "https://", "innerHTML"})
            EXPECT_EQ(body.find(forbidden), std::string::npos) << path << " holds " << forbidden;
    }
}

}  // namespace
}  // namespace ordinaut::http
