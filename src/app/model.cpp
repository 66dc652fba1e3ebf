#include <iostream>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "functional.hpp"
#include "sushi/config/experiment.hpp"
#include "sushi/config/model_file.hpp"
#include "sushi/config/shipped.hpp"
#include "sushi/report/model_report.hpp"

namespace sushi::app {

void ShowModel(const ModelOptions& options) {
  const config::Experiment experiment =
      config::LoadExperiment({config::FindPreset("models", options.model)}, {});
  config::RequireSupernet(experiment);
  const SuperNet net = config::LoadSuperNet(experiment.supernet);
  if (options.json) {
    std::cout << report::ModelJson(net).dump(2) << '\n';
    return;
  }
  if (options.subnet.empty()) {
    report::PrintSubNets(net, std::cout);
    std::cout << '\n';
    report::PrintSharedWeights(net, std::cout);
    return;
  }
  report::PrintLayers(net, FindSubNet(net, options.subnet), std::cout);
}

}  // namespace sushi::app
