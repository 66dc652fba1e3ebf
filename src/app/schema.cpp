// `sushisim schema`.
#include <filesystem>
#include <iostream>

#include "install_arguments.hpp"
#include "result_schemas.hpp"
#include "sushi/core/error.hpp"
#include "sushi/formats/output_file.hpp"

namespace sushi::app {
namespace {

struct SchemaOptions {
  std::string kind, out;
  bool force = false;
};

bool Has(const std::vector<config::SchemaKind>& kinds, const std::string& name) {
  for (const config::SchemaKind& kind : kinds) {
    if (kind.name == name) return true;
  }
  return false;
}

std::string Schema(const std::string& name) {
  if (Has(config::ConfigSchemaKinds(), name)) return config::ConfigSchema(name);
  if (Has(ResultSchemaKinds(), name)) return ResultSchema(name);
  std::vector<std::string> known;
  for (const auto* kinds : {&config::ConfigSchemaKinds(), &ResultSchemaKinds()}) {
    for (const config::SchemaKind& kind : *kinds) known.push_back(kind.name);
  }
  throw UserError("no schema '" + name.substr(0, 80) + "'" + DidYouMean(name, known) +
                  " (see sushisim schema)");
}

void PrintKinds() {
  for (const auto* kinds : {&config::ConfigSchemaKinds(), &ResultSchemaKinds()}) {
    for (const config::SchemaKind& kind : *kinds) {
      std::cout << kind.name << std::string(12 - kind.name.size(), ' ') << kind.title << "\n";
    }
  }
}

void WriteAll(const SchemaOptions& options) {
  std::error_code error;
  std::filesystem::create_directories(options.out, error);
  for (const auto* kinds : {&config::ConfigSchemaKinds(), &ResultSchemaKinds()}) {
    for (const config::SchemaKind& kind : *kinds) {
      WriteFile(options.out + "/" + kind.name + ".json", Schema(kind.name), options.force);
    }
  }
}

}  // namespace

void AddSchema(CLI::App& app) {
  const auto options = std::make_shared<SchemaOptions>();
  CLI::App* schema = app.add_subcommand("schema", "print the JSON Schema of a kind of file, or the kinds");
  std::string kinds;
  for (const auto* group : {&config::ConfigSchemaKinds(), &ResultSchemaKinds()}) {
    for (const config::SchemaKind& kind : *group) kinds += (kinds.empty() ? "" : "|") + kind.name;
  }
  schema->add_option("kind", options->kind, "the kind; without it, all are listed")->type_name(kinds);
  schema->add_option("--out", options->out, "write all of them to DIR, KIND.json")->type_name("DIR");
  schema->add_flag("--force", options->force, "replace existing files");
  schema->callback([options] {
    if (!options->out.empty()) {
      WriteAll(*options);
    } else if (options->kind.empty()) {
      PrintKinds();
    } else {
      std::cout << Schema(options->kind);
    }
  });
}

}  // namespace sushi::app
