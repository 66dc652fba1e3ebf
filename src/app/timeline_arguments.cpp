// The arguments of `run` for timelines.
#include "timeline_arguments.hpp"

#include <CLI/CLI.hpp>

#include "sushi/core/error.hpp"

namespace sushi::app {

void AddTimeline(CLI::App* command, TimelineOptions& timeline) {
  const auto file = [command](const char* option, std::string& path, const char* description) {
    command
        ->add_option_function<std::string>(
            option,
            [option, &path](const std::string& text) {
              if (text.empty()) throw UserError(std::string(option) + ": expected a file name");
              path = text;
            },
            description)
        ->type_name("FILE");
  };
  file("--timeline", timeline.json, "write what every block does when, for Perfetto or speedscope");
  file("--vcd", timeline.vcd, "write it as a value change dump for GTKWave");
  const auto bound = [&](const char* option, std::string& text, const char* description) {
    command
        ->add_option_function<std::string>(
            option,
            [&timeline, &text](const std::string& value) {
              text = value.empty() ? " " : value;
              timeline.window_given = true;
            },
            description)
        ->type_name("QUERY|TIME");
  };
  bound("--timeline-from", timeline.from, "show from this query (17) or simulated time (10ms) on");
  bound("--timeline-to", timeline.to, "show up to and with this query, or before this simulated time");
  command
      ->add_option_function<std::int64_t>(
          "--timeline-max-events",
          [&timeline](std::int64_t events) {
            timeline.max_events = events;
            timeline.window_given = true;
          },
          "show no more events; what is left out is said")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}))
      ->default_str("1000000")
      ->type_name("N");
}

}  // namespace sushi::app
