// What `sushisim check` says: to people, to programs, to CI servers (docs/ci.md). Nothing that stands in a
// summary can break out of any of these formats.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <ostream>
#include <string>

#include "sushi/check/comparison.hpp"

namespace sushi::check {

// A metric's two values, change and limit as short texts; "-" where there is none. Numbers have as many
// digits as it takes to tell the two apart.
struct CheckTexts {
  std::string verdict, baseline, result, change, tolerance;
};
CheckTexts TextsOf(const MetricCheck& check);
// "81.65 -> 82.47, +1.00 %, tolerance 0.5 %" and the like, on one line.
std::string Sentence(const MetricCheck& check);
std::string Sentence(const IdentityCheck& check);
// "3 of 183 metrics out of tolerance", and whether the identity is another.
std::string Headline(const Comparison& comparison);

// A table of the metrics that moved, with `all` of all, under what differs of the identity.
void PrintCheck(const Comparison& comparison, bool all, std::ostream& out);
nlohmann::ordered_json CheckJson(const Comparison& comparison, bool all);

// JUnit XML as Jenkins and GitLab read it: a test case for each metric and part of the identity.
std::string JUnitXml(const Comparison& comparison);

// GitHub shows ten error annotations of a step; the tenth counts the rest where there are more.
void PrintAnnotations(const Comparison& comparison, std::ostream& out);
// Markdown for the page of the job.
std::string StepSummary(const Comparison& comparison);

}  // namespace sushi::check
