// What cannot be kept because of where it is kept: disk full, quota, file size limit, input/output error.
// Nothing that was recorded before is lost; the sweep can be resumed once there is room (exit code 75).
#pragma once

#include <stdexcept>
#include <string>

namespace sushi::sweep {

class StorageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  StorageError(const std::string& path, int error_number);  // "PATH: cannot be written: REASON"
};

}  // namespace sushi::sweep
