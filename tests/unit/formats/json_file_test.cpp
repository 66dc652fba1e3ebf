#include "sushi/formats/json_file.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "process.hpp"
#include "sushi/core/error.hpp"

namespace sushi {
namespace {

using ::testing::HasSubstr;
using testing::Scratch;

std::string ErrorOf(const std::string& text) {
  const Scratch scratch;
  try {
    RequireSchema(ReadJsonFile(scratch.Write("t.json", text)), "t.json", 1);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(JsonFile, SaysTheLineThatIsNoJson) {
  EXPECT_THAT(ErrorOf("{\n\"a\": 1,\n\"b\": ?\n}"), HasSubstr("t.json:3: is not JSON"));
  EXPECT_THAT(ErrorOf(""), HasSubstr("t.json:1: is not JSON"));
  EXPECT_THAT(ErrorOf("{\"a\": 1e999}"), HasSubstr("a number that no double holds"));
}

TEST(JsonFile, RefusesDeepNesting) {
  const auto nested = [](int depth) {
    return "{\"schema_version\": 1, \"a\": " + std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']') + "}";
  };
  EXPECT_EQ(ErrorOf(nested(60)), "no error");
  EXPECT_THAT(ErrorOf(nested(70)), HasSubstr("nested more than 64 deep"));
  EXPECT_THAT(ErrorOf(nested(100000)), HasSubstr("nested more than 64 deep"));
}

TEST(JsonFile, TheSchemaVersionMustBeTheOneThatIsRead) {
  EXPECT_EQ(ErrorOf("{\"schema_version\": 1}"), "no error");
  EXPECT_THAT(ErrorOf("{\"schema_version\": 2}"), HasSubstr("schema_version: is 2, this program reads 1"));
  EXPECT_THAT(ErrorOf("{\"schema_version\": \"1\"}"), HasSubstr("this program reads 1"));
  EXPECT_THAT(ErrorOf("{}"), HasSubstr("schema_version: is missing"));
  EXPECT_THAT(ErrorOf("[1]"), HasSubstr("schema_version: is missing"));
}

}  // namespace
}  // namespace sushi
