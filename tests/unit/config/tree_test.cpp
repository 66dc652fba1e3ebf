#include "sushi/config/tree.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "config_fixture.hpp"

namespace sushi::config {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string ParseError(const std::string& text) {
  return ErrorOf([&] { ParseYaml(text, "f.yaml"); });
}

Node Scalar(const std::string& text) {
  Node node = ParseYaml("a: " + text, "f.yaml");
  return *node.Find("a");
}

TEST(Tree, KeepsOrderKindsAndTheLineOfEveryKey) {
  const Node root = ParseYaml("b: 1\na:\n  c: [x, 'y']\n  d:\n", "f.yaml");
  ASSERT_EQ(root.entries.size(), 2u);
  EXPECT_EQ(root.entries[0].first, "b");
  const Node* a = root.Find("a");
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->kind, Node::Kind::kMap);
  EXPECT_EQ(a->mark.line, 2) << "the key's line, not the one where its value begins";
  const Node* c = a->Find("c");
  ASSERT_NE(c, nullptr);
  ASSERT_EQ(c->items.size(), 2u);
  EXPECT_EQ(c->mark.file, "f.yaml");
  EXPECT_EQ(c->mark.line, 3);
  EXPECT_FALSE(c->items[0].quoted);
  EXPECT_TRUE(c->items[1].quoted);
  EXPECT_EQ(a->Find("d")->kind, Node::Kind::kNull);
  EXPECT_EQ(a->Find("e"), nullptr);
}

TEST(Tree, RefusesDuplicateKeysAndNamesBothLines) {
  EXPECT_EQ(ParseError("a: 1\nb: 2\na: 3\n"), "f.yaml:3: a: duplicate key (first set in line 1)");
}

TEST(Tree, RefusesAnchorsAliasesMergeKeysAndTags) {
  EXPECT_EQ(ParseError("a: &x 1\n"), "f.yaml:1: anchors (&name) are not supported");
  EXPECT_EQ(ParseError("a: 1\nb: &x {c: 1}\n"), "f.yaml:2: anchors (&name) are not supported");
  EXPECT_THAT(ParseError("a: *x\n"), StartsWith("f.yaml:1: "));
  EXPECT_EQ(ParseError("a: 1\n<<: {b: 1}\n"), "f.yaml:2: <<: merge keys are not supported");
  for (const char* text : {"a: !!int 1\n", "a: !x {b: 1}\n", "a: !x [1]\n"}) {
    EXPECT_EQ(ParseError(text), "f.yaml:1: tags (!name) are not supported") << text;
  }
}

TEST(Tree, AnAliasBombIsRefusedAtItsFirstAnchor) {
  std::string text = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 40; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last + ", " + last + "]\n";
  }
  EXPECT_EQ(ParseError(text), "f.yaml:1: anchors (&name) are not supported");
}

TEST(Tree, RefusesKeysThatAreNotScalars) {
  for (const char* text : {"? [a]\n: 1\n", "? {a: 1}\n: 1\n", "~: 1\n"}) {
    EXPECT_THAT(ParseError(text), StartsWith("f.yaml:1: a key must be a plain name")) << text;
  }
}

TEST(Tree, RefusesEmptyFilesAndMoreThanOneDocument) {
  EXPECT_EQ(ParseError(""), "f.yaml: the file is empty");
  EXPECT_EQ(ParseError("# only a comment\n"), "f.yaml: the file is empty");
  EXPECT_EQ(ParseError("a: 1\n---\nb: 2\n"), "f.yaml: more than one YAML document");
}

TEST(Tree, NamesTheLineOfWhatIsNotYaml) {
  EXPECT_EQ(ParseError("a: 1\nb: [1, 2\n"), "f.yaml:3: not valid YAML: end of sequence flow not found");
  EXPECT_THAT(ParseError("["), HasSubstr("left open?"));
  EXPECT_THAT(ParseError("a: 1\n\tb: 2\n"), HasSubstr("not valid YAML: "));
  EXPECT_THAT(ParseError("a: [1}\n"), HasSubstr("not valid YAML: "));
}

TEST(Tree, RefusesWhatIsNotUtf8) {
  const std::string message = "f.yaml:2: not a text file: neither ASCII nor UTF-8";
  EXPECT_EQ(ParseError(std::string("a: 1\nb: \0\n", 10)), message);
  // Alone, cut short, overlong, a surrogate, beyond U+10FFFF.
  for (const char* bytes :
       {"\xff", "\xc3", "\xe2\x82", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
    EXPECT_EQ(ParseError(std::string("a: 1\nb: ") + bytes), message);
  }
  EXPECT_EQ(Scalar("µs → 25 %").scalar, "µs → 25 %");
}

TEST(Tree, LimitsDepthWithoutUsingTheStack) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_NO_THROW(ParseYaml(nested(kMaxDepth), "f.yaml"));
  EXPECT_EQ(ParseError(nested(kMaxDepth + 1)), "f.yaml:1: nested deeper than 32 levels");
  EXPECT_THAT(ParseError(std::string(100'000, '[')), StartsWith("f.yaml:"));
  std::string block;
  for (int i = 0; i < 1000; ++i) block += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_EQ(ParseError(block), "f.yaml:33: nested deeper than 32 levels");
}

TEST(Tree, LimitsTheNumberOfValues) {
  std::string text = "a:\n";
  for (int i = 0; i < kMaxNodes; ++i) text += "- 1\n";
  EXPECT_THAT(ParseError(text), HasSubstr("more than 200000 values in one file"));
}

TEST(Tree, ALargeMapIsReadInReasonableTime) {
  std::string text;
  for (int i = 0; i < kMaxNodes / 2 - 1; ++i) text += "key" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(ParseYaml(text, "f.yaml").entries.size(), static_cast<std::size_t>(kMaxNodes / 2 - 1));
}

class TreeFile : public InDirectory {};

TEST_F(TreeFile, SaysWhyAFileCannotBeRead) {
  EXPECT_EQ(ErrorOf([] { ReadYamlFile("absent.yaml"); }), "absent.yaml: cannot open the file");
  EXPECT_EQ(ErrorOf([] { ReadYamlFile("."); }), ".: is a directory, expected a YAML file");
  Write("large.yaml", "");
  std::filesystem::resize_file("large.yaml", kMaxFileBytes + 1);
  EXPECT_EQ(ErrorOf([] { ReadYamlFile("large.yaml"); }), "large.yaml: larger than 16 MiB");
  EXPECT_EQ(ErrorOf([] { ReadYamlFile("/dev/zero"); }), "/dev/zero: larger than 16 MiB");
  EXPECT_EQ(ErrorOf([] { ReadYamlFile("/dev/null"); }), "/dev/null: the file is empty");
}

TEST(Scalar, AnIntegerIsDecimalWholeAndInRange) {
  EXPECT_EQ(AsInt(Scalar("42"), "k", 0, 100), 42);
  EXPECT_EQ(AsInt(Scalar("-7"), "k", -7, 100), -7);
  EXPECT_EQ(AsInt(Scalar("0"), "k", 0, 100), 0);
  for (const char* text : {"010", "00", "0x10", "+5", "1_000", "1e2", "4.0", "yes", "''", "101", "-1",
                           "99999999999999999999", "4 2"}) {
    EXPECT_THAT(ErrorOf([&] { AsInt(Scalar(text), "k", 0, 100); }),
                StartsWith("f.yaml:1: k: expected an integer from 0 to 100, got "))
        << text;
  }
  EXPECT_EQ(ErrorOf([] { AsInt(Scalar("'5'"), "k", 0, 9); }),
            "f.yaml:1: k: expected an integer from 0 to 9, got the string \"5\"");
  EXPECT_EQ(ErrorOf([] { AsInt(Scalar("[5]"), "k", 0, 9); }),
            "f.yaml:1: k: expected an integer from 0 to 9, got a list");
  EXPECT_EQ(ErrorOf([] { AsInt(Scalar(""), "k", 0, 9); }),
            "f.yaml:1: k: expected an integer from 0 to 9, got nothing");
}

TEST(Scalar, ANumberIsFiniteAndInRange) {
  EXPECT_EQ(AsReal(Scalar("0.5"), "k", 0, 1), 0.5);
  EXPECT_EQ(AsReal(Scalar("1e-3"), "k", 0, 1), 0.001);
  EXPECT_EQ(AsReal(Scalar("1"), "k", 0, 1), 1.0);
  EXPECT_FALSE(std::signbit(AsReal(Scalar("-0"), "k", 0, 1)));
  for (const char* text :
       {"nan", "inf", "-inf", ".inf", ".nan", "1e999", "1,5", "01.5", "0x1p3", "1.5GB", "2"}) {
    EXPECT_THAT(ErrorOf([&] { AsReal(Scalar(text), "k", 0, 1); }),
                StartsWith("f.yaml:1: k: expected a number from 0 to 1, got "))
        << text;
  }
}

TEST(Scalar, ABooleanIsTrueOrFalseOnly) {
  EXPECT_TRUE(AsBool(Scalar("true"), "k"));
  EXPECT_FALSE(AsBool(Scalar("false"), "k"));
  for (const char* text : {"yes", "no", "on", "True", "1", "'true'"}) {
    EXPECT_THAT(ErrorOf([&] { AsBool(Scalar(text), "k"); }),
                StartsWith("f.yaml:1: k: expected true or false, got "))
        << text;
  }
}

TEST(Scalar, ALongValueIsNotRepeatedInFull) {
  const std::string message = ErrorOf([] { AsInt(Scalar(std::string(5000, 'x')), "k", 0, 1); });
  EXPECT_LT(message.size(), 200u);
}

TEST(MapChecks, NameTheKeyThatIsMissingOrUnknown) {
  const Node root = ParseYaml("map:\n  alpha: 1\n  betta: 2\nscalar: 3\n", "f.yaml");
  const Node& map = *root.Find("map");
  EXPECT_EQ(Require(map, "alpha", "map").scalar, "1");
  EXPECT_EQ(ErrorOf([&] { Require(map, "gamma", "map"); }), "f.yaml:1: map.gamma: is missing");
  EXPECT_EQ(ErrorOf([&] {
              RefuseUnknown(map, {"alpha", "beta"}, "map");
            }),
            "f.yaml:3: map.betta: unknown key (did you mean 'beta'?)");
  EXPECT_EQ(ErrorOf([&] { RefuseUnknown(*root.Find("scalar"), {}, "scalar"); }),
            "f.yaml:4: scalar: expected a map, got '3'");
}

}  // namespace
}  // namespace sushi::config
