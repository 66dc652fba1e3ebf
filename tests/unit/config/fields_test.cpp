// The field table as a whole, the checks across keys, and what is generated from the table.
#include "sushi/config/fields.hpp"

#include <gmock/gmock.h>

#include <set>
#include <sstream>

#include "config_fixture.hpp"
#include "sushi/config/hash.hpp"

namespace sushi::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string SetError(const std::vector<std::string>& sets) {
  return ErrorOf([&] { LoadExperiment({}, sets); });
}

Node Value(const std::string& text) {
  Node node;
  node.kind = Node::Kind::kScalar;
  node.scalar = text;
  return node;
}

TEST(Fields, EveryKeyStandsOnceAndIsDescribed) {
  std::set<std::string> seen;
  for (const Field& field : Fields()) {
    EXPECT_TRUE(seen.insert(field.path).second) << field.path;
    EXPECT_FALSE(field.description.empty()) << field.path;
    EXPECT_EQ(field.description.find('|'), std::string::npos) << field.path << ": would break a table";
  }
}

TEST(Fields, EveryDefaultIsAValueThatTheFieldItselfAccepts) {
  for (const Field& field : Fields()) {
    Experiment e;
    const std::string text = field.text(e);
    if (text.empty()) continue;
    ASSERT_NO_THROW(field.read(e, Value(text))) << field.path;
    EXPECT_EQ(field.text(e), text) << field.path;
  }
}

TEST(Fields, EveryKeyIsReadByItsNameAlone) {
  for (const Field& field : Fields()) {
    const std::string text = field.text(Experiment());
    if (text.empty()) continue;
    const Experiment e = LoadExperiment({}, {field.path + "=" + text});
    EXPECT_NE(FindOrigin(e, field.path), nullptr) << field.path;
  }
}

TEST(Fields, NumbersRefuseWhatIsBeyondTheRangeTheyState) {
  for (const Field& field : Fields()) {
    if (field.type != "integer" && field.type != "number") continue;
    Experiment e;
    for (const char* text : {"-1", "nan", "1e30", "", "x"}) {
      EXPECT_THAT(ErrorOf([&] { field.read(e, Value(text)); }),
                  StartsWith(field.path + ": expected " + (field.type == "integer" ? "an " : "a ") +
                             field.type + " from " + field.low + " to " + field.high))
          << field.path;
    }
  }
}

TEST(Fields, NamesRefuseOthersAndSayWhichThereAre) {
  EXPECT_EQ(
      SetError({"sim.granularity=kernel_tiles"}),
      "--set sim.granularity=kernel_tiles: sim.granularity: unknown name 'kernel_tiles', expected one of "
      "kernel_tile, channel_tile (did you mean 'kernel_tile'?)");
  EXPECT_THAT(SetError({"scheduler.policy=strict_latencies"}),
              AllOf(HasSubstr("expected one of strict_accuracy, strict_latency, "),
                    HasSubstr("(did you mean 'strict_latency'?)")));
  EXPECT_THAT(SetError({"scheduler.caching=x"}), HasSubstr("none, static, last_served, avgnet, oracle"));
  EXPECT_THAT(SetError({"trace.generator.kind=phase"}), HasSubstr("(did you mean 'phases'?)"));
  EXPECT_THAT(SetError({"scheduler.latency_basis=both"}), HasSubstr("service, response"));
  EXPECT_THAT(SetError({"sim.granularity=tile"}), HasSubstr("kernel_tile, channel_tile"));
}

TEST(Fields, ATextIsOneLine) {
  EXPECT_THAT(SetError({"device.name=\"a\\nb\""}), HasSubstr("expected a text of one line"));
  EXPECT_THAT(SetError({"trace.file=\"a\\tb\""}), HasSubstr("expected a text of one line"));
}

TEST(CrossChecks, TheDmaEnginesHaveNoMorePortsThanTheAccelerator) {
  EXPECT_EQ(
      SetError({"accel.axi.ports=5"}),
      "--set accel.axi.ports=5: accel.axi.ports: the DMA engines use 6 ports (weight_ports + iact_ports + "
      "oact_ports), but there are 5");
}

TEST(CrossChecks, TheBuffersFitTheDeviceUnlessAskedNotTo) {
  EXPECT_EQ(LoadExperiment({}, {"accel.pb.capacity_kib=2968"}).hardware.accel.pb.capacity_kib, 2968);
  EXPECT_EQ(
      SetError({"accel.pb.capacity_kib=2969"}),
      "--set accel.pb.capacity_kib=2969: accel.*.capacity_kib: the buffers need 4865 KiB, the device has "
      "4864 KiB (device.enforce_capacity: false simulates it as hypothetical)");
  EXPECT_NO_THROW(LoadExperiment({}, {"accel.pb.capacity_kib=4000", "device.enforce_capacity=false"}));
}

TEST(CrossChecks, NameTheKeyThatIsSetWhenAnotherIsAtItsDefault) {
  EXPECT_THAT(SetError({"accel.db.capacity_kib=4000"}),
              StartsWith("--set accel.db.capacity_kib=4000: accel.*.capacity_kib: the buffers need "));
  EXPECT_THAT(SetError({"accel.axi.weight_ports=3"}),
              StartsWith("--set accel.axi.weight_ports=3: accel.axi.ports: the DMA engines use 7 ports"));
}

TEST(CrossChecks, LowTargetsAreNotAboveHighOnes) {
  EXPECT_THAT(
      SetError({"trace.generator.accuracy_low_percent=90"}),
      HasSubstr(
          "trace.generator.accuracy_low_percent: must not be above trace.generator.accuracy_high_percent"));
  EXPECT_THAT(SetError({"trace.generator.latency_high_us=5"}),
              HasSubstr("must not be above trace.generator.latency_high_us"));
}

TEST(Requirements, NameTheSectionThatACommandLacks) {
  const Experiment e = LoadExperiment({}, {});
  EXPECT_THAT(ErrorOf([&] { RequireSupernet(e); }), StartsWith("supernet: no file gives one"));
  EXPECT_THAT(ErrorOf([&] { RequireTrace(e); }), StartsWith("trace: no file gives one"));
  EXPECT_THAT(ErrorOf([&] { RequireEnergy(e); }), StartsWith("energy: no file gives a table"));
  EXPECT_NO_THROW(RequireTrace(LoadExperiment({}, {"trace.generator.seed=3"})));
  EXPECT_NO_THROW(RequireTrace(LoadExperiment({}, {"trace.file=t.csv"})));
  EXPECT_THAT(ErrorOf([&] { RequireTrace(LoadExperiment({}, {"trace.file=''"})); }),
              StartsWith("trace: no file gives one"));
}

TEST(CanonicalText, ListsEveryKeyOnceAndChangesWithAnyOfThem) {
  const std::string text = CanonicalText(Experiment());
  const auto later = std::count_if(Fields().begin(), Fields().end(), [](const Field& f) { return f.later; });
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n') + later, static_cast<long>(Fields().size()));
  const Experiment e = LoadExperiment({}, {"accel.clock_mhz=101"});
  EXPECT_NE(HashText(CanonicalText(e)), HashText(text));
  EXPECT_EQ(CanonicalText(e, {"dram."}), CanonicalText(Experiment(), {"dram."}));
  EXPECT_EQ(CanonicalText(LoadExperiment({}, {"dram.peak_gbps=16.80"})), text) << "one number, one text";
}

TEST(CanonicalText, KeysThatCameLaterCountOnlyWhenTheyAreNotAtTheirDefault) {
  const std::string text = CanonicalText(Experiment());
  EXPECT_EQ(text.find("arrivals"), std::string::npos);
  EXPECT_EQ(CanonicalText(LoadExperiment({}, {"trace.generator.arrivals=auto"})), text);
  EXPECT_THAT(CanonicalText(LoadExperiment({}, {"trace.generator.arrivals=offline"})),
              HasSubstr("\ntrace.generator.arrivals: offline\n"));
}

class ShownConfig : public InDirectory {};

TEST_F(ShownConfig, GivesValueUnitDefaultAndOriginOfEveryKey) {
  WriteConfig("a.yaml", "accel:\n  pb: {capacity_kib: 64}\n");
  const std::string text = ConfigShow(LoadExperiment({"a.yaml"}, {"dram.peak_gbps=9.6"}));
  EXPECT_THAT(text, ::testing::ContainsRegex("\naccel.pb.capacity_kib +64 KiB +1728 KiB +a.yaml:3\n"));
  EXPECT_THAT(text,
              ::testing::ContainsRegex("\ndram.peak_gbps +9.6 GB/s +16.8 GB/s +--set dram.peak_gbps=9.6\n"));
  EXPECT_THAT(text, ::testing::ContainsRegex("\naccel.clock_mhz +100 MHz +100 MHz +default\n"));
  for (const Field& field : Fields()) EXPECT_THAT(text, HasSubstr("\n" + field.path + " "));
}

TEST_F(ShownConfig, TheHashOfAFileIsThatOfItsContent) {
  Write("a.txt", "sushi");
  Write("b.txt", "sushi");
  EXPECT_EQ(HashFile("a.txt"), HashFile("b.txt"));
  EXPECT_EQ(HashFile("a.txt"), HashText("sushi"));
  EXPECT_EQ(HashText("").size(), 32u);
  // XXH3-128 of nothing, from the algorithm's own test vectors: the same on every host.
  EXPECT_EQ(HashText(""), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(ErrorOf([] { HashFile("absent"); }), "absent: cannot open the file");
}

TEST(ConfigurationManual, HoldsTheGeneratedReference) {
  std::ifstream file(SUSHI_SOURCE_DIR "/docs/configuration.md");
  ASSERT_TRUE(file) << "docs/configuration.md";
  std::stringstream manual;
  manual << file.rdbuf();
  const std::string text = manual.str(), begin = "<!-- reference: begin -->\n",
                    end = "<!-- reference: end -->";
  const std::size_t from = text.find(begin), to = text.find(end);
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  const bool same = text.substr(from + begin.size(), to - from - begin.size()) == ConfigReferenceMarkdown();
  EXPECT_TRUE(same) << "replace the part between the markers by what `sushisim config reference` prints";
}

}  // namespace
}  // namespace sushi::config
