// Goal: the host serves an extension's files, exactly those, as HTTP wants it. Method: a folder
// made by the test, a real server.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "ext/static_answer.h"
#include "ext/static_files.h"
#include "tests/ext/web_host.h"
#include "tests/support/temp_dir.h"

namespace ordinaut {
namespace {

using ::testing::HasSubstr;
using testing::HttpAnswer;
using ::testing::IsEmpty;
using ::testing::StartsWith;
namespace fs = std::filesystem;

void put(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
}

class StaticTest : public ::testing::Test {
protected:
    StaticTest() : site_(fs::path(dir_.path()) / "site") {
        put(site_ / "extension.json", manifest(""));
        put(site_ / "static/index.html", "<h1>home");
        put(site_ / "static/app.js", "go()");
        put(site_ / "static/ten.txt", "0123456789");
        put(site_ / "static/docs/index.html", "docs");
        put(site_ / "static/empty.css", "");
        put(site_ / "static/.secret", "hidden");
        put(site_ / "static/.git/config", "hidden");
        put(site_ / "secret.txt", "outside");
        fs::create_directory(site_ / "static/bare");
    }
    static std::string manifest(const std::string& more) {
        return R"({"id":"site","name":"Site","version":"1.0.0","module":"libsite.so","abi":"1.0","capabilities":["STATIC"],"static":{"folder":"static")" +
               more + "}}";
    }
    void start() { web_ = std::make_unique<WebHost>(drop_in({site_})); }
    HttpAnswer get(const std::string& path,
                   const std::map<std::string, std::string>& headers = {}) {
        if (web_ == nullptr) start();
        return web_->client()->request("GET", "/ext/site" + path, "", headers);
    }

    testing::TempDir dir_;
    const fs::path site_;
    std::unique_ptr<WebHost> web_;
};

TEST_F(StaticTest, FilesHaveTheirTypes) {
    const auto script = get("/app.js");
    EXPECT_EQ(script.status, 200);
    EXPECT_EQ(script.body, "go()");
    EXPECT_EQ(script.headers.at("content-type"), "text/javascript; charset=utf-8");
    EXPECT_EQ(script.headers.at("content-length"), "4");
    EXPECT_EQ(script.headers.at("cache-control"), "private, no-cache");
    EXPECT_EQ(script.headers.at("x-content-type-options"), "nosniff");
    EXPECT_EQ(script.headers.at("accept-ranges"), "bytes");
    EXPECT_EQ(get("/empty.css").body, "");
    EXPECT_EQ(ext::content_type_of("a/B.HTML"), "text/html; charset=utf-8");
    EXPECT_EQ(ext::content_type_of("noext"), "application/octet-stream");
    EXPECT_THAT(web_->info("site").warnings, IsEmpty());
    // Its library does not even exist.
    EXPECT_EQ(web_->info("site").state, ext::State::kDiscovered);
}

TEST_F(StaticTest, FoldersHaveTheIndex) {
    EXPECT_EQ(get("/").body, "<h1>home");
    EXPECT_EQ(get("/docs/").body, "docs");
    const auto bare = get("");
    EXPECT_EQ(bare.status, 308);
    EXPECT_EQ(bare.headers.at("location"), "/ext/site/");
    EXPECT_EQ(get("/docs?a=b").headers.at("location"), "/ext/site/docs/?a=b");
    EXPECT_EQ(get("/app.js/").status, 404);
}

TEST_F(StaticTest, PagesThatAreNoFilesAreTheIndex) {
    EXPECT_EQ(get("/tasks/7/edit").body, "<h1>home");
    EXPECT_EQ(get("/bare").body, "<h1>home");
    const auto missing = get("/missing.js");
    EXPECT_EQ(missing.status, 404);
    EXPECT_EQ(member(missing.body, "message"), "extension 'site' has no such file");
}

TEST_F(StaticTest, HeadAndOtherMethods) {
    start();
    const auto http = web_->client();
    const auto head = http->request("HEAD", "/ext/site/app.js");
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.headers.at("content-length"), "4");
    EXPECT_EQ(head.body, "");
    const auto post = http->post("/ext/site/app.js", "x");
    EXPECT_EQ(post.status, 405);
    EXPECT_EQ(post.headers.at("allow"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(http->request("OPTIONS", "/ext/site/app.js").status, 204);
    EXPECT_EQ(http->post("/ext/site/nothing", "x").status, 404);
}

TEST_F(StaticTest, ValidatorsSpareTheBody) {
    const auto first = get("/app.js");
    const std::string etag = first.headers.at("etag"), modified = first.headers.at("last-modified");
    for (const auto& tags : {etag, "W/" + etag, "\"x\", " + etag, std::string("*")}) {
        const auto again = get("/app.js", {{"If-None-Match", tags}});
        EXPECT_EQ(again.status, 304) << tags;
        EXPECT_EQ(again.body, "");
        EXPECT_EQ(again.headers.at("etag"), etag);
    }
    EXPECT_EQ(get("/app.js", {{"If-None-Match", "\"x\""}, {"If-Modified-Since", modified}}).status,
              200);
    EXPECT_EQ(get("/app.js", {{"If-Modified-Since", modified}}).status, 304);
    EXPECT_EQ(get("/app.js", {{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}}).status, 200);
    EXPECT_EQ(get("/app.js", {{"If-Modified-Since", "yesterday"}}).status, 200);
    put(site_ / "static/app.js", "changed()");
    EXPECT_EQ(get("/app.js", {{"If-None-Match", etag}}).body, "changed()");
}

TEST_F(StaticTest, OneRange) {
    const auto part = get("/ten.txt", {{"Range", "bytes=2-4"}});
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.body, "234");
    EXPECT_EQ(part.headers.at("content-range"), "bytes 2-4/10");
    EXPECT_EQ(get("/ten.txt", {{"Range", "bytes=7-"}}).body, "789");
    EXPECT_EQ(get("/ten.txt", {{"Range", "bytes=-3"}}).body, "789");
    EXPECT_EQ(get("/ten.txt", {{"Range", "bytes=-30"}}).body, "0123456789");
    EXPECT_EQ(get("/ten.txt", {{"Range", "bytes=8-99"}}).headers.at("content-range"),
              "bytes 8-9/10");
    const auto outside = get("/ten.txt", {{"Range", "bytes=10-"}});
    EXPECT_EQ(outside.status, 416);
    EXPECT_EQ(outside.headers.at("content-range"), "bytes */10");
    EXPECT_EQ(member(outside.body, "error"), "range_not_satisfiable");
    EXPECT_EQ(get("/empty.css", {{"Range", "bytes=0-"}}).status, 416);
    for (const char* nonsense :
         {"bytes=4-2", "lines=1-2", "bytes=a-b", "bytes=0-1,4-5", "bytes=-", "bytes=1"})
        EXPECT_EQ(get("/ten.txt", {{"Range", nonsense}}).body, "0123456789") << nonsense;
    const std::string etag = part.headers.at("etag");
    EXPECT_EQ(get("/ten.txt", {{"Range", "bytes=0-0"}, {"If-Range", etag}}).status, 206);
    EXPECT_EQ(get("/ten.txt", {{"Range", "bytes=0-0"}, {"If-Range", "\"other\""}}).status, 200);
}

TEST_F(StaticTest, LargeFilesComeWhole) {
    std::string large(5 << 20, '\0');
    for (size_t n = 0; n < large.size(); ++n) large[n] = static_cast<char>('a' + n % 23);
    put(site_ / "static/large.bin", large);
    EXPECT_EQ(get("/large.bin").body, large);
    EXPECT_EQ(get("/large.bin", {{"Range", "bytes=1000000-4000000"}}).body,
              large.substr(1'000'000, 3'000'001));
    EXPECT_EQ(web_->client()->request("HEAD", "/ext/site/large.bin").status, 200);
}

TEST_F(StaticTest, NothingElseIsServed) {
    fs::create_symlink(site_ / "secret.txt", site_ / "static/out.txt");
    fs::create_symlink("/etc", site_ / "static/etc");
    fs::create_symlink("../secret.txt", site_ / "static/relative.txt");
    fs::create_symlink("ten.txt", site_ / "static/inside.txt");
    ASSERT_EQ(::mkfifo((site_ / "static/fifo.txt").c_str(), 0600), 0);
    for (const char* path : {"/out.txt", "/etc/hostname.x", "/relative.txt", "/.secret",
                             "/.git/config", "/fifo.txt", "//app.js", "/docs//index.html"})
        EXPECT_EQ(get(path).status, 404) << path;
    EXPECT_EQ(get("/inside.txt").body, "0123456789");
    // As no decent client would send them.
    for (const char* path : {"/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt",
                             "/docs/%2e%2e/%2e%2e/secret.txt", "/..%5csecret.txt", "/app.js%00"}) {
        testing::RawSocket socket(web_->port());
        ASSERT_TRUE(socket.send(WebHost::wire("GET", std::string("/ext/site") + path)));
        EXPECT_THAT(socket.read_answer(), StartsWith("HTTP/1.1 400")) << path;
    }
}

TEST_F(StaticTest, WithATokenOrPublic) {
    start();
    EXPECT_EQ(web_->client("")->get("/ext/site/app.js").status, 401);
    EXPECT_EQ(web_->client("tasks:read")->get("/ext/site/app.js").status, 403);
    put(site_ / "extension.json", manifest(R"(,"public":true,"index":"app.js")"));
    start();
    const auto open = web_->client("")->get("/ext/site/app.js");
    EXPECT_EQ(open.status, 200);
    EXPECT_EQ(open.headers.at("cache-control"), "no-cache");
    EXPECT_EQ(web_->client("")->get("/ext/site/").body, "go()");
    ASSERT_TRUE(web_->host.disable("site").ok());
    EXPECT_THAT(web_->client("")->get("/ext/site/app.js").body, HasSubstr("is disabled"));
}

TEST_F(StaticTest, RefusedWithoutTheGrantOrTheFolder) {
    auto options = drop_in({site_});
    options.policy.drop_in = ext::DropInPolicy::kExplicit;
    web_ = std::make_unique<WebHost>(std::move(options));
    const auto refused = get("/app.js");
    EXPECT_EQ(refused.status, 403);
    EXPECT_THAT(refused.body, HasSubstr("was not granted STATIC"));
    fs::remove_all(site_ / "static");
    start();
    EXPECT_EQ(get("/app.js").status, 404);
    EXPECT_THAT(web_->info("site").warnings,
                ::testing::Contains(HasSubstr("the static folder 'static' is not there")));
    put(site_ / "extension.json",
        R"({"id":"site","name":"Site","version":"1.0.0","module":"libsite.so","abi":"1.0","capabilities":["STATIC"]})");
    start();
    EXPECT_THAT(web_->info("site").reason, HasSubstr("STATIC is asked for, so name the folder"));
}

TEST_F(StaticTest, RoutesOfTheCodeWin) {
    const fs::path both = fs::path(dir_.path()) / "web";
    put(both / "extension.json",
        R"({"id":"web","name":"Web","version":"1.0.0","module":"libweb.so","abi":"1.0","capabilities":["ROUTES","STATIC"],
        "routes":[{"method":"GET","path":"/open","public":true}],"static":{"folder":"files","public":true}})");
    fs::copy_file(WEB_DIR "/web/libweb.so", both / "libweb.so");
    put(both / "files/hello", "a file");
    put(both / "files/index.html", "home");
    put(both / "files/items", "a file");
    web_ = std::make_unique<WebHost>(drop_in({both}));
    const auto http = web_->client();
    EXPECT_THAT(http->get("/ext/web/hello").body, HasSubstr("Hello from my extension!"));
    EXPECT_EQ(http->get("/ext/web/").body, "home");
    EXPECT_EQ(http->get("/ext/web/page").body, "home");
    EXPECT_EQ(http->get("/ext/web/items").body, "a file");  // POST /items is the code's.
    // Not the index: the path is the code's.
    EXPECT_EQ(http->get("/ext/web/small").status, 405);
    // Strangers have the files and the public routes.
    const auto stranger = web_->client("");
    EXPECT_EQ(stranger->get("/ext/web/").body, "home");
    EXPECT_EQ(stranger->get("/ext/web/open").body, "nobody");
    EXPECT_EQ(stranger->get("/ext/web/hello").status, 401);
}

TEST(HttpDate, IsReadInItsOneForm) {
    EXPECT_EQ(ext::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
    for (const char* other :
         {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT+1", "1994"})
        EXPECT_EQ(ext::parse_http_date(other), std::nullopt) << other;
}

}  // namespace
}  // namespace ordinaut
