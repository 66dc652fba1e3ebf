// `sushisim man`: the manual page, from the commands and options as they are.
#include <iostream>
#include <sstream>

#include "install_arguments.hpp"
#include "sushi/core/version.hpp"

namespace sushi::app {
namespace {

// Text as it is: no escapes, and no control line where it begins one.
std::string Roff(const std::string& text) {
  std::string out;
  bool begins_line = true;
  for (const char c : text) {
    if (begins_line && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    begins_line = c == '\n';
  }
  return out;
}

std::string Bold(const std::string& text) { return "\\fB" + Roff(text) + "\\fR"; }
std::string Italic(const std::string& text) { return "\\fI" + Roff(text) + "\\fR"; }

bool IsFlag(const CLI::Option& option) { return option.get_items_expected_max() == 0; }
bool IsShown(const CLI::Option* option) { return !option->get_group().empty(); }
bool HasOptions(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional() && IsShown(option)) return true;
  }
  return false;
}

std::string NamesOf(const CLI::Option& option) {
  std::string names;
  for (const std::string& name : option.get_snames()) names += (names.empty() ? "" : ", ") + Bold("-" + name);
  for (const std::string& name : option.get_lnames())
    names += (names.empty() ? "" : ", ") + Bold("--" + name);
  return names.empty() ? Italic(option.get_name()) : names;
}

void WriteOption(const CLI::Option& option, std::ostream& out) {
  out << ".TP\n" << NamesOf(option);
  if (!IsFlag(option) && !option.get_type_name().empty()) out << " " << Italic(option.get_type_name());
  out << "\n" << Roff(option.get_description());
  if (!IsFlag(option) && !option.get_default_str().empty())
    out << " (default: " << Roff(option.get_default_str()) << ")";
  if (option.get_required() && !option.get_positional()) out << " (required)";
  out << "\n";
}

std::string UsageOf(const CLI::App& app, const std::string& path) {
  std::string usage = Bold(path);
  if (HasOptions(app)) usage += " [" + Italic("options") + "]";
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) continue;
    const std::string name = Italic(option->get_name());
    const char* dots = option->get_items_expected_max() > 1 ? " ..." : "";
    usage += option->get_required() ? " " : " [";
    usage.append(name).append(dots).append(option->get_required() ? "" : "]");
  }
  return usage;
}

std::vector<const CLI::App*> ShownCommands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* command) { return !command->get_group().empty(); });
}

void WriteCommand(const CLI::App& app, const std::string& path, std::ostream& out) {
  const auto commands = ShownCommands(app);
  if (commands.empty()) {
    out << ".SS " << UsageOf(app, path) << "\n" << Roff(app.get_description()) << ".\n";
    for (const CLI::Option* option : app.get_options()) {
      const bool help = option->check_lname("help");  // every command has it
      if (IsShown(option) && !help) WriteOption(*option, out);
    }
    return;
  }
  for (const CLI::App* command : commands) WriteCommand(*command, path + " " + command->get_name(), out);
}

void WriteOverview(const CLI::App& app, std::ostream& out) {
  out << ".TH SUSHISIM 1 \"\" \"sushisim " << kToolVersion << "\" \"User Commands\"\n"
      << ".SH NAME\nsushisim \\- cycle and energy simulator of SUSHI\n"
      << ".SH SYNOPSIS\n.B sushisim\n[" << Italic("options") << "] " << Italic("command") << " [...]\n"
      << ".SH DESCRIPTION\n"
      << Roff(
             "SUSHI serves neural-network queries from one weight-shared SuperNet and keeps a part of its "
             "weights, a SubGraph, on chip across queries. sushisim simulates the accelerator, SushiAccel, "
             "and the scheduler, SushiSched, and reports cycles, off-chip traffic and energy. Configuration "
             "is YAML; results go to standard output and to files, log and progress to standard error.\n");
  out << ".SH OPTIONS\n";
  for (const CLI::Option* option : app.get_options()) WriteOption(*option, out);
  out << ".SH COMMANDS\n";
}

// "Exit codes: 0 ok, 1 internal error, …", of --help.
void WriteEnd(const CLI::App& app, std::ostream& out) {
  out << ".SH EXIT STATUS\n" << Roff(app.get_footer()) << "\n";
  out << ".SH ENVIRONMENT\n.TP\n.B SUSHISIM_HOME\n"
      << Roff(
             "Directory with configs, models and traces that comes before the current directory and the "
             "installed files.\n");
  out << ".SH FILES\n.TP\n"
      << Italic("PREFIX/share/sushisim") << "\n"
      << Roff(
             "Shipped configurations, models, traces and JSON Schemas; `sushisim presets list` names "
             "them.\n");
  out << ".TP\n" << Italic("PREFIX/share/doc/sushisim") << "\n" << Roff("The documents, as Markdown.\n");
}

}  // namespace

void AddMan(CLI::App& app) {
  CLI::App* man = app.add_subcommand("man", "print the manual page");
  man->group("");
  man->callback([&app] {
    WriteOverview(app, std::cout);
    WriteCommand(app, "sushisim", std::cout);
    WriteEnd(app, std::cout);
  });
}

}  // namespace sushi::app
