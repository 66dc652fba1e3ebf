#include <iostream>

#include "commands.hpp"
#include "sushi/config/experiment.hpp"

namespace sushi::app {

void ShowConfig(const std::vector<std::string>& files, const std::vector<std::string>& sets) {
  std::cout << config::ConfigShow(config::LoadExperiment(files, sets));
}

void ConfigReference() { std::cout << config::ConfigReferenceMarkdown(); }

}  // namespace sushi::app
