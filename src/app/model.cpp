#include <iostream>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "sushi/config/experiment.hpp"
#include "sushi/config/model_file.hpp"
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
  const int subnet = net.FindSubNet(options.subnet);
  if (subnet == kNone) {
    std::vector<std::string> names;
    for (const SubNet& s : net.subnets) names.push_back(s.name);
    throw UserError("--subnet: " + net.name + " has no SubNet '" + options.subnet.substr(0, 60) + "'" +
                    DidYouMean(options.subnet, names));
  }
  report::PrintLayers(net, subnet, std::cout);
}

}  // namespace sushi::app
