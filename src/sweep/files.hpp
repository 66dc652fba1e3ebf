// Files by descriptor: what the store needs beyond streams (fsync, exclusive creation, short writes told
// apart).
#pragma once

#include <string>
#include <utility>

namespace sushi::sweep {

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();
  int get() const { return fd_; }

 private:
  int fd_;
};

// StorageError, or UserError where `reason` is the user's to mend (no permission, no such directory).
[[noreturn]] void ThrowCannotWrite(const std::string& path, int reason);

std::string HostName();  // letters, digits and _

// HOST-PIDNAMESPACE-PID-RANDOM: no other process on any machine that shares the disk takes the same.
std::string UniqueName();
// Whether a process of this machine took that name and is gone. False of all others.
bool IsAbandoned(const std::string& unique_name);

// These fail by ThrowCannotWrite. Missing parents are made.
void MakeDirectory(const std::string& path);
void SyncDirectory(const std::string& path);
void SyncFile(const std::string& path);

// Under a temporary name, synced, renamed.
void WriteFileAtomically(const std::string& path, const std::string& text);
bool CanRead(const std::string& path);
// UserError when it cannot be read.
std::string ReadWholeFile(const std::string& path);

}  // namespace sushi::sweep
