#include "in_child.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <new>

#include "sushi/core/error.hpp"

namespace sushi::app {

ChildOutcome InChild(const std::function<ChildOutcome()>& body) {
  int ends[2];
  if (pipe(ends) != 0) throw UserError("no pipe to another process");
  const pid_t child = fork();
  if (child < 0) throw std::bad_alloc();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const ChildOutcome outcome = body();
    std::size_t sent = 0;
    while (sent < outcome.text.size()) {
      const ssize_t n = write(ends[1], outcome.text.data() + sent, outcome.text.size() - sent);
      if (n <= 0) break;
      sent += static_cast<std::size_t>(n);
    }
    _exit(outcome.code);
  }
  close(ends[1]);
  ChildOutcome outcome;
  char buffer[65536];
  for (ssize_t n = 0; (n = read(ends[0], buffer, sizeof buffer)) > 0;)
    outcome.text.append(buffer, static_cast<std::size_t>(n));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

std::string BytesOfChild(const std::function<std::string()>& body) {
  enum Code : int { kBytes = 0, kUser = 120, kInternal = 121 };
  const ChildOutcome outcome = InChild([&body]() -> ChildOutcome {
    try {
      return {body(), kBytes};
    } catch (const UserError& error) {
      return {error.what(), kUser};
    } catch (const std::exception& error) {
      return {error.what(), kInternal};
    }
  });
  if (outcome.code == kUser) throw UserError(outcome.text);
  if (outcome.code == kInternal) throw InternalError(outcome.text);
  if (outcome.code != kBytes) throw std::bad_alloc();
  return outcome.text;
}

}  // namespace sushi::app
