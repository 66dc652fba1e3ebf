// The host: runs the caller's code in a SystemC process and drives the accelerator for it.
#pragma once

#include <exception>
#include <functional>
#include <systemc>

#include "sushi/accel/service_model.hpp"
#include "sushi/hw/controller.hpp"

namespace sushi {

class Host : public sc_core::sc_module, private ServiceModel {
 public:
  SC_HAS_PROCESS(Host);
  sc_core::sc_port<AcceleratorInterface> accelerator;

  Host(const sc_core::sc_module_name& name, const InferencePlanner& planner,
       std::function<void(ServiceModel&)> body);

  // What the body threw, if anything: exceptions must not unwind through the kernel.
  std::exception_ptr failure() const { return failure_; }
  bool finished() const { return finished_; }

 private:
  void Run();
  using ServiceModel::Infer;
  InferenceResult Infer(int subnet, const SubGraph& cached, int batch) override;
  SwapResult Swap(const SubGraph& from, const SubGraph& to) override;
  LayerResult RunAlone(int subnet, int op, Cycles host) override;

  const InferencePlanner& planner_;
  std::function<void(ServiceModel&)> body_;
  std::exception_ptr failure_;
  bool finished_ = false;
};

}  // namespace sushi
