#include <pugixml.hpp>
#include <sstream>

#include "sushi/check/check_report.hpp"

namespace sushi::check {
namespace {

// XML 1.0 has no way to write most control characters, nor U+FFFE and U+FFFF; the JSON reader let only
// well-formed UTF-8 pass.
std::string XmlText(const std::string& text) {
  static const std::string kReplacement = "\xef\xbf\xbd";
  std::string clean;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < ' ' && byte != '\t' && byte != '\n' && byte != '\r') {
      clean += kReplacement;
    } else if (text.compare(i, 3, "\xef\xbf\xbe") == 0 || text.compare(i, 3, "\xef\xbf\xbf") == 0) {
      clean += kReplacement;
      i += 2;
    } else {
      clean += text[i];
    }
  }
  return clean;
}

void Set(pugi::xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name).set_value(XmlText(value).c_str());
}

pugi::xml_node AddCase(pugi::xml_node suite, const std::string& section, const std::string& name) {
  pugi::xml_node node = suite.append_child("testcase");
  Set(node, "classname", section);
  Set(node, "name", name);
  Set(node, "time", "0");
  return node;
}

void AddFailure(pugi::xml_node test, const std::string& type, const std::string& sentence) {
  pugi::xml_node failure = test.append_child("failure");
  Set(failure, "message", sentence);
  Set(failure, "type", type);
  failure.text().set(XmlText(sentence).c_str());
}

void AddMetric(pugi::xml_node suite, const MetricCheck& check) {
  const std::size_t dot = check.key.rfind('.');
  const std::string section = dot == std::string::npos ? "summary" : "summary." + check.key.substr(0, dot);
  pugi::xml_node test = AddCase(suite, section, check.key);
  if (check.failed) {
    AddFailure(test, check.move == Move::kMissing ? "missing" : "moved", Sentence(check));
  } else if (check.move == Move::kNew) {
    Set(test.append_child("skipped"), "message", Sentence(check));
  } else if (check.move != Move::kNone) {
    test.append_child("system-out").text().set(XmlText(Sentence(check)).c_str());
  }
}

void AddCounts(pugi::xml_node node, const Comparison& comparison, bool skipped) {
  Set(node, "name", "sushisim check");
  Set(node, "tests", std::to_string(comparison.metrics.size() + comparison.identity.size()));
  Set(node, "failures", std::to_string(comparison.Failed()));
  Set(node, "errors", "0");
  if (skipped) Set(node, "skipped", std::to_string(comparison.Count(Move::kNew)));
  Set(node, "time", "0");
}

}  // namespace

std::string JUnitXml(const Comparison& comparison) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  pugi::xml_node suites = document.append_child("testsuites");
  AddCounts(suites, comparison, false);
  pugi::xml_node suite = suites.append_child("testsuite");
  AddCounts(suite, comparison, true);
  for (const IdentityCheck& part : comparison.identity) {
    pugi::xml_node test = AddCase(suite, "identity", part.part);
    if (part.Failed()) {
      AddFailure(test, "identity", Sentence(part));
    } else if (part.different) {
      test.append_child("system-out").text().set(XmlText(Sentence(part)).c_str());
    }
  }
  for (const MetricCheck& check : comparison.metrics) AddMetric(suite, check);
  std::ostringstream text;
  document.save(text, "  ");
  return text.str();
}

}  // namespace sushi::check
