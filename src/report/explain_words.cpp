#include "explain_words.hpp"

#include <cmath>
#include <sstream>
#include <vector>

#include "sushi/formats/number.hpp"
#include "sushi/formats/one_line.hpp"

namespace sushi::report {
namespace {

constexpr std::size_t kNameWidth = 18;

// A number and its unit are one.
std::vector<std::string> WordsOf(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) {
    const std::string bare = word.substr(0, word.find_first_of(".,;:"));
    const bool unit = bare == "%" || bare == "us" || bare == "ms" || bare == "KiB" || bare == "MiB";
    if (unit && !words.empty()) {
      (words.back() += ' ') += word;
    } else {
      words.push_back(word);
    }
  }
  return words;
}

}  // namespace

void PrintHeading(const std::string& text, std::ostream& out) { out << '\n' << text << '\n'; }

void PrintParagraph(const std::string& text, std::ostream& out) {
  std::string line = " ";
  for (const std::string& word : WordsOf(text)) {
    if (line.size() > 1 && line.size() + 1 + word.size() > kTextWidth) {
      out << line << '\n';
      line = " ";
    }
    (line += ' ') += word;
  }
  out << line << '\n';
}

TimeUnit::TimeUnit(Picoseconds largest)
    : name(largest.value() < 1'000'000'000 ? "us" : "ms"),
      picoseconds(largest.value() < 1'000'000'000 ? 1e6 : 1e9) {}

std::string TimeUnit::Show(Picoseconds time) const {
  return FixedText(static_cast<double>(time.value()) / picoseconds, 3);
}

std::string TimeWords(Picoseconds time) {
  if (time == Picoseconds(0)) return "0 us";
  const TimeUnit unit(Picoseconds(std::abs(time.value())));
  return unit.Show(time) + " " + unit.name;
}

std::string KiBText(std::int64_t bytes) { return FixedText(static_cast<double>(bytes) / 1024, 1); }

std::string SizeWords(std::int64_t bytes) {
  if (std::abs(bytes) < 1024) return std::to_string(bytes) + " bytes";
  if (std::abs(bytes) < (1 << 20)) return KiBText(bytes) + " KiB";
  return FixedText(static_cast<double>(bytes) / (1 << 20), 2) + " MiB";
}

std::string PercentWords(double part, double all) {
  return FixedText(all == 0 ? 0 : 100 * part / all, 2) + " %";
}

std::string Clip(const std::string& name, std::size_t width) {
  return OneLine(name.size() <= width ? name : name.substr(0, width - 1) + "~");
}

std::string ClipFront(const std::string& name, std::size_t width) {
  return Clip(name.size() <= width ? name : "~" + name.substr(name.size() - width + 1), width);
}

std::string CachedName(const ExplainReport& report, SubGraphId id) {
  return id == kEmptySubGraphId ? "nothing" : Clip(report.table->Column(id).name, kNameWidth);
}

std::string SubNetName(const ExplainReport& report, int subnet) {
  return Clip(report.table->SubNetName(subnet), kNameWidth);
}

const char* BoundOf(const Counters& counters) {
  struct Bound {
    const char* name;
    std::int64_t cycles;
  };
  const auto& cycles = counters.dpe_cycles;
  const Bound bounds[] = {{"compute", cycles[DpeState::kCompute] + cycles[DpeState::kFill]},
                          {"weights", cycles[DpeState::kWaitWeights]},
                          {"iActs", cycles[DpeState::kWaitIActs]},
                          {"operand", cycles[DpeState::kWaitOperand]},
                          {"drain", cycles[DpeState::kWaitDrain]},
                          {"vector unit", cycles[DpeState::kVectorUnit]},
                          {"host", cycles[DpeState::kHost]}};
  const Bound* most = bounds;
  for (const Bound& bound : bounds) {
    if (bound.cycles > most->cycles) most = &bound;
  }
  return most->name;
}

}  // namespace sushi::report
