#include "sushi/formats/partial_outputs.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstring>

namespace sushi {
namespace {

// A handler may read lock-free atomics and unlink, and hardly anything else (signal-safety(7)). Who finds no
// slot is not cleaned up after.
constexpr std::size_t kSlots = 64;
std::array<std::atomic<const char*>, kSlots> g_names;
static_assert(std::atomic<const char*>::is_always_lock_free);

extern "C" void RemoveAndEnd(int signal) {
  for (const std::atomic<const char*>& slot : g_names) {
    const char* name = slot.load();
    for (; name != nullptr && *name != '\0'; name += std::strlen(name) + 1) {
      if (unlink(name) != 0) rmdir(name);
    }
  }
  raise(signal);  // by default, as the handler is reset, and when it has returned
}

}  // namespace

void RemovePartialOutputsOnSignals() {
  struct sigaction action = {};
  action.sa_handler = RemoveAndEnd;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&action.sa_mask, signal);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now = {};
    // Who ignores it for us (nohup, a shell's background) means it.
    if (sigaction(signal, nullptr, &now) == 0 && now.sa_handler != SIG_IGN)
      sigaction(signal, &action, nullptr);
  }
}

PartialOutput::PartialOutput(const std::vector<std::string>& files, const std::string& directory)
    : slot_(kSlots) {
  for (const std::string& file : files) names_.append(file).push_back('\0');
  if (!directory.empty()) names_.append(directory).push_back('\0');
  names_.push_back('\0');
  for (std::size_t i = 0; i < kSlots && slot_ == kSlots; ++i) {
    const char* none = nullptr;
    if (g_names[i].compare_exchange_strong(none, names_.c_str())) slot_ = i;
  }
}

PartialOutput::~PartialOutput() {
  if (slot_ < kSlots) g_names[slot_].store(nullptr);
}

}  // namespace sushi
