// The text that identifies a point, line by line (PointId in sweep.hpp).
#pragma once

#include <map>
#include <string>

#include "sushi/config/fields.hpp"

namespace sushi::config {

// Content hashes of files, each read once.
class FileHashes {
 public:
  const std::string& Of(const std::string& path);  // UserError when it is no readable file

 private:
  std::map<std::string, std::string> hashes_;
};

// The field's line, "" when it does not count.
std::string IdLine(const Field& field, const Experiment& experiment, FileHashes& hashes);
// Hash of the model section; its table counts by its content.
std::string ModelHash(const Node& supernet, FileHashes& hashes);
// The lines of `accelerators` and `tenants`; "" without these sections.
std::string SectionLinesOf(const Experiment& experiment, FileHashes& hashes);
// `lines`: those of all fields in their order, one after the other, then the sections'.
std::string IdOf(const std::string& lines, const std::string& model_hash);

}  // namespace sushi::config
