// Goal: a file that is not a whole extension is refused before any of it runs. Method: a real
// library, cut and changed.
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "ext/elf.h"

namespace ordinaut::ext {
namespace {

using ::testing::HasSubstr;

std::string read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}
std::string refusal(const std::string& bytes) {
    const auto checked = check_library(bytes);
    return checked.ok() ? "" : checked.error().message;
}

class ElfTest : public ::testing::Test {
protected:
    const std::string library_ = read(ZOO_DIR "/well_behaved/libwell_behaved.so");
};

TEST_F(ElfTest, AWholeLibraryIsAccepted) { EXPECT_EQ(refusal(library_), ""); }

TEST_F(ElfTest, EveryTruncationIsNoticed) {
    ASSERT_GT(library_.size(), 1000u);
    for (size_t size = 0; size < library_.size(); size += 997)
        EXPECT_NE(refusal(library_.substr(0, size)), "") << size;
    EXPECT_THAT(refusal(library_.substr(0, library_.size() / 2)), HasSubstr("is cut off"));
    EXPECT_EQ(refusal(""), "is empty");
}

TEST_F(ElfTest, OtherFilesAreNamedAsWhatTheyAre) {
    EXPECT_EQ(refusal("#!/bin/sh\n" + std::string(100, ' ')), "is not an ELF file");
    std::string other = library_;
    other[18] = 8;  // e_machine: MIPS
    EXPECT_THAT(refusal(other), HasSubstr("another machine"));
    std::string executable = library_;
    executable[16] = 2;  // e_type: ET_EXEC
    EXPECT_THAT(refusal(executable), HasSubstr("is not a shared library"));
}

TEST_F(ElfTest, TheEntryMustBeThere) {
    std::string renamed = library_;
    for (size_t at = 0; (at = renamed.find("ordinaut_extension_v1", at)) != std::string::npos;)
        renamed[at] = 'x';
    EXPECT_THAT(refusal(renamed), HasSubstr("does not export ordinaut_extension_v1()"));
}

TEST_F(ElfTest, ChangedBytesNeverCrashIt) {
    for (size_t at = 0; at < std::min<size_t>(library_.size(), 4096); ++at) {
        std::string changed = library_;
        changed[at] = static_cast<char>(0xFF);
        static_cast<void>(check_library(changed));
    }
}

}  // namespace
}  // namespace ordinaut::ext
