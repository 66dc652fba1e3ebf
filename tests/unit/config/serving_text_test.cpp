// What is hashed of the sections, and how `config show` prints them.
#include <gmock/gmock.h>

#include <set>

#include "serving_fixture.hpp"
#include "sushi/config/hash.hpp"
#include "sushi/config/sweep.hpp"

namespace sushi::config {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class ServingText : public ServingFile {
 protected:
  static std::string TextOf(const std::string& text) { return CanonicalText(Load(text)); }
  static std::string IdOf(const std::string& text) { return PointId(Load(text)); }
};

TEST_F(ServingText, ChangesWithEverythingThatASectionSays) {
  const std::string entry = "accelerators: [{";
  const std::string level = "levels: [{clock_mhz: 100, energy_scale: 1, active_mw: 2, idle_mw: ";
  const std::string tenant = "tenants: [{name: b}, {name: a";
  const std::vector<std::string> sections = {
      "",
      entry + "}]\n",
      entry + "name: x}]\n",
      entry + "count: 2}]\n",
      entry + "accel: {clock_mhz: 101}}]\n",
      entry + "accel: {vector: {lanes: 101}}}]\n",
      entry + level + "2}]}]\n",
      entry + level + "1}]}]\n",
      entry + "throttle: {bursts: 1, window_cycles: 2}}]\n",
      entry + "throttle: {bursts: 2, window_cycles: 2}}]\n",
      entry + "}, {}]\n",
      tenant + "}]\n",
      tenant + ", model: tiny}]\n",
      tenant + ", model: ofa_resnet50}]\n",
      tenant + ", priority: 2}]\n",
      tenant + ", slo_us: 2}]\n",
      tenant + ", slo_us: 2.001}]\n",
      tenant + ", accuracy_min_percent: 0}]\n",
      tenant + ", trace: {generator: {seed: 2}}}]\n",
      tenant + ", period_us: 2, frames: 3}]\n",
      tenant + ", period_us: 2, frames: 3, offset_us: 1}]\n",
      tenant + ", after: b}]\n",
      tenant + ", conditions: [[mmacs <= 3, mmacs >= 2]]}]\n",
      tenant + ", conditions: [[mmacs <= 3], [mmacs >= 2]]}]\n",
  };
  std::set<std::string> texts, ids;
  for (const std::string& section : sections) {
    EXPECT_TRUE(texts.insert(TextOf(section)).second) << section;
    EXPECT_TRUE(ids.insert(IdOf(section)).second) << section;
  }
}

TEST_F(ServingText, DoesNotChangeWithHowASectionIsWritten) {
  EXPECT_EQ(TextOf("accelerators:\n  - accel: {clock_mhz: 101} # MHz\n    count: 1\n"),
            TextOf("accelerators: [{name: type0, accel: {clock_mhz: 101}}]\n"));
  EXPECT_EQ(TextOf("tenants: [{name: a, slo_us: 2.50, priority: 1}]\n"),
            TextOf("tenants: [{slo_us: 2.5, name: a}]\n"));
  EXPECT_EQ(TextOf("tenants: [{name: a, model: tiny}]\n"),
            TextOf("tenants: [{name: a, model: models/tiny.yaml}]\n"));
}

TEST_F(ServingText, ModelsAndTracesOfAPointCountByTheirContent) {
  const auto id = [](const std::string& name, const std::string& csv) {
    Write(name, csv);
    return IdOf("tenants: [{name: a, trace: {file: " + name + "}}]\n");
  };
  const std::string one = id("one.csv", "1");
  EXPECT_EQ(id("two.csv", "1"), one);
  EXPECT_NE(id("two.csv", "2"), one);
  EXPECT_THAT(ErrorOf([] { IdOf("tenants: [{name: a, trace: {file: absent.csv}}]\n"); }),
              HasSubstr("absent.csv"));
}

TEST_F(ServingText, OfOtherSectionsDoesNotHoldThem) {
  const Experiment e = Load("accelerators: [{count: 2}]\ntenants: [{name: a}]\n");
  EXPECT_EQ(CanonicalText(e, WithHardwareKeys({"trace."})),
            CanonicalText(Load(""), WithHardwareKeys({"trace."})));
  EXPECT_EQ(CanonicalText(e, {"tenants"}), "tenants[0].name: a\ntenants[0].priority: 1\n");
  EXPECT_EQ(CanonicalText(e, {"accelerators", "tenants"}, "tenants"),
            "accelerators[0].name: type0\naccelerators[0].count: 2\n");
}

TEST_F(ServingText, IsShownWithTheLinesThatItComesFrom) {
  const std::string shown =
      ConfigShow(Load("accelerators:\n"
                      "  - name: big\n"
                      "    accel:\n"
                      "      pb: {capacity_kib: 2000}\n"
                      "    levels:\n"
                      "      - {clock_mhz: 100, energy_scale: 1, active_mw: 5, idle_mw: 2.5}\n"
                      "tenants:\n"
                      "  - name: a\n"
                      "    conditions:\n"
                      "      - [response_us <= 3e4, mmacs<=2]\n"
                      "    slo_us: 2.50\n"));
  EXPECT_THAT(shown, ContainsRegex("\naccelerators\\[0\\].name +big +- +s.yaml:5\n"));
  EXPECT_THAT(shown, ContainsRegex("\naccelerators\\[0\\].count +1 +- +s.yaml:5\n"));
  EXPECT_THAT(shown, ContainsRegex("\naccelerators\\[0\\].accel.pb.capacity_kib +2000 KiB +- +s.yaml:7\n"));
  EXPECT_THAT(shown, HasSubstr("100 MHz, energy x 1, 5 mW active, 2.5 mW idle"));
  EXPECT_THAT(shown, ContainsRegex("\ntenants\\[0\\].slo_us +2.5 +- +s.yaml:14\n"));
  EXPECT_THAT(
      shown,
      ContainsRegex("\ntenants\\[0\\].conditions\\[0\\] +response_us <= 30000, mmacs <= 2 +- +s.yaml:12\n"));
  EXPECT_THAT(ConfigShow(Load("")), ContainsRegex("\naccelerators +- +- +default\ntenants +- +- +default\n"));
}

}  // namespace
}  // namespace sushi::config
